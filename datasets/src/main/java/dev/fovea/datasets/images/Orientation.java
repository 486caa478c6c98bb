package dev.fovea.datasets.images;

import com.drew.imaging.ImageMetadataReader;
import com.drew.imaging.ImageProcessingException;
import com.drew.metadata.Metadata;
import com.drew.metadata.exif.ExifDirectoryBase;
import dev.fovea.datasets.Picture;
import java.io.ByteArrayInputStream;
import java.io.IOException;

/// How a camera held a picture: the EXIF tag `Orientation` of JPEG, PNG, WebP and TIFF files, values 1 to 8.
///
/// @param value 1 for upright; 2, 4, 5 and 7 are mirrored; 5 to 8 swap width and height
public record Orientation(int value) {
    /// Upright.
    public static final Orientation UPRIGHT = new Orientation(1);

    /// The orientation that a file states; upright where it states none, or what it states makes no sense.
    public static Orientation of(byte[] file) {
        try {
            Metadata metadata = ImageMetadataReader.readMetadata(new ByteArrayInputStream(file), file.length);
            for (ExifDirectoryBase directory : metadata.getDirectoriesOfType(ExifDirectoryBase.class)) {
                Integer stated = directory.getInteger(ExifDirectoryBase.TAG_ORIENTATION);
                if (stated != null && stated >= 1 && stated <= 8) {
                    return new Orientation(stated);
                }
            }
            return UPRIGHT;
        } catch (ImageProcessingException | IOException | RuntimeException damaged) {
            return UPRIGHT; // whether the picture itself can be read is the decoder's to say
        }
    }

    /// The picture as it should be looked at.
    public Picture upright(Picture stored) {
        if (value == 1) {
            return stored;
        }
        boolean swapped = value >= 5;
        int width = swapped ? stored.height() : stored.width(), height = swapped ? stored.width() : stored.height();
        byte[] from = stored.rgb(), to = new byte[from.length];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                System.arraycopy(from, 3 * source(x, y, width, height, stored.width()), to, 3 * (y * width + x), 3);
            }
        }
        return new Picture(width, height, to);
    }

    /// Index of the stored pixel that is shown at column x and row y of a picture of width x height.
    private int source(int x, int y, int width, int height, int storedWidth) {
        int right = width - 1 - x, below = height - 1 - y;
        return switch (value) {
            case 2 -> y * storedWidth + right;
            case 3 -> below * storedWidth + right;
            case 4 -> below * storedWidth + x;
            case 5 -> x * storedWidth + y;
            case 6 -> right * storedWidth + y;
            case 7 -> right * storedWidth + below;
            case 8 -> x * storedWidth + below;
            default -> y * storedWidth + x;
        };
    }
}
