package dev.fovea.datasets.images;

import dev.fovea.datasets.Picture;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.jspecify.annotations.Nullable;

/// JPEG, PNG, WebP, BMP and TIFF to pixels and back, in memory and without a screen.
public final class ImageCodec {
    private ImageCodec() {}

    /// Decodes the first picture of a file; transparency is dropped, as Pillow's `convert("RGB")` drops it.
    ///
    /// @throws IOException if the bytes are not a picture that can be decoded
    public static Picture decode(byte[] file) throws IOException {
        try {
            return toPicture(read(file));
        } catch (RuntimeException e) {
            throw new IOException("cannot decode the picture: " + e, e);
        }
    }

    /// The first picture of a file, in the colour model it is stored in.
    ///
    /// @throws IOException if the bytes are not a picture that can be decoded
    static BufferedImage read(byte[] file) throws IOException {
        if (isCutOffJpeg(file)) {
            throw new IOException("the JPEG is cut off (" + file.length + " bytes)");
        }
        try (ImageInputStream stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
            if (!readers.hasNext()) {
                throw new IOException("not a picture of a known format (" + file.length + " bytes)");
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(stream, true, true);
                return reader.read(0);
            } finally {
                reader.dispose();
            }
        } catch (RuntimeException e) {
            // Readers answer damaged input with all kinds of unchecked exceptions.
            throw new IOException("cannot decode the picture: " + e, e);
        }
    }

    /// Java's JPEG reader fills what is missing with grey. A whole JPEG ends with the marker FFD9 after the data
    /// of its last scan, which starts with FFDA and cannot hold either.
    private static boolean isCutOffJpeg(byte[] file) {
        boolean jpeg = file.length > 2 && (file[0] & 255) == 0xFF && (file[1] & 255) == 0xD8;
        return jpeg && lastMarker(file, 0xD9) < lastMarker(file, 0xDA);
    }

    private static int lastMarker(byte[] file, int marker) {
        for (int i = file.length - 2; i > 0; i--) {
            if ((file[i] & 255) == 0xFF && (file[i + 1] & 255) == marker) {
                return i;
            }
        }
        return -1;
    }

    /// The pixels of a Java picture as plain 8-bit RGB.
    public static Picture toPicture(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        byte[] rgb = new byte[Math.multiplyExact(Math.multiplyExact(width, height), 3)];
        if (image.getType() == BufferedImage.TYPE_3BYTE_BGR) {
            fromBgr(image, rgb);
        } else if (isGray(image)) {
            fromGray(image.getRaster(), image.getColorModel(), rgb);
        } else {
            fromAny(image, rgb);
        }
        return new Picture(width, height, rgb);
    }

    private static void fromBgr(BufferedImage image, byte[] rgb) {
        Raster raster = image.getRaster();
        if (raster.getDataBuffer() instanceof DataBufferByte buffer && buffer.getData().length == rgb.length) {
            byte[] bgr = buffer.getData();
            for (int i = 0; i < rgb.length; i += 3) {
                rgb[i] = bgr[i + 2];
                rgb[i + 1] = bgr[i + 1];
                rgb[i + 2] = bgr[i];
            }
        } else {
            fromAny(image, rgb);
        }
    }

    /// Java's grey is linear light, so `getRGB` would brighten it; files mean the plain value.
    private static boolean isGray(BufferedImage image) {
        return !(image.getColorModel() instanceof IndexColorModel)
                && image.getColorModel().getNumColorComponents() == 1;
    }

    private static void fromGray(Raster raster, ColorModel model, byte[] rgb) {
        int bits = model.getComponentSize(0);
        int width = raster.getWidth();
        int[] row = new int[width];
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, 0, row);
            for (int x = 0; x < width; x++) {
                byte value = (byte) (bits > 8 ? row[x] >> (bits - 8) : row[x] * 255 / ((1 << bits) - 1));
                int at = (y * width + x) * 3;
                rgb[at] = value;
                rgb[at + 1] = value;
                rgb[at + 2] = value;
            }
        }
    }

    private static void fromAny(BufferedImage image, byte[] rgb) {
        int width = image.getWidth();
        int[] row = new int[width];
        for (int y = 0; y < image.getHeight(); y++) {
            image.getRGB(0, y, width, 1, row, 0, width);
            for (int x = 0; x < width; x++) {
                int at = (y * width + x) * 3;
                rgb[at] = (byte) (row[x] >> 16);
                rgb[at + 1] = (byte) (row[x] >> 8);
                rgb[at + 2] = (byte) row[x];
            }
        }
    }

    /// Lossless.
    public static byte[] encodePng(Picture picture) throws IOException {
        return encode(picture, "png", null);
    }

    /// Baseline JPEG.
    ///
    /// @param quality 0..1, 0.92 for data sets
    public static byte[] encodeJpeg(Picture picture, double quality) throws IOException {
        return encode(picture, "jpeg", (float) quality);
    }

    private static byte[] encode(Picture picture, String format, @Nullable Float quality) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
            writer.setOutput(stream);
            ImageWriteParam parameters = writer.getDefaultWriteParam();
            if (quality != null) {
                parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                parameters.setCompressionQuality(quality);
            }
            writer.write(null, new IIOImage(toImage(picture), null, null), parameters);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    /// A Java picture with a copy of the pixels.
    public static BufferedImage toImage(Picture picture) {
        BufferedImage image = new BufferedImage(picture.width(), picture.height(), BufferedImage.TYPE_3BYTE_BGR);
        byte[] bgr = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
        byte[] rgb = picture.rgb();
        for (int i = 0; i < rgb.length; i += 3) {
            bgr[i] = rgb[i + 2];
            bgr[i + 1] = rgb[i + 1];
            bgr[i + 2] = rgb[i];
        }
        return image;
    }
}
