package dev.fovea.datasets.images;

import dev.fovea.datasets.Picture;
import java.util.List;

/// Pictures as models see them at inference (ps3-spec 1.1): squashed to a size by antialiased bicubic, scaled to
/// 0..1, normalised per channel. Unlike the reference's processor, which resizes palette pictures before it
/// resolves their palette (ps3-spec 7.3.4), pictures are RGB before they are resized.
///
/// @param mean of each channel, subtracted after scaling
/// @param deviation of each channel, which divides
public record Normalized(int width, int height, List<Double> mean, List<Double> deviation) {
    /// Copies the lists.
    ///
    /// @throws IllegalArgumentException if there are not three channels
    public Normalized {
        mean = List.copyOf(mean);
        deviation = List.copyOf(deviation);
        if (mean.size() != 3 || deviation.size() != 3) {
            throw new IllegalArgumentException("mean " + mean + ", deviation " + deviation + ": three channels each");
        }
    }

    /// picture -> planes (3, height, width)
    public float[] planes(Picture picture) {
        return planes(Resizer.resize(picture, Crop.whole(picture.width(), picture.height()), width, height));
    }

    /// rgb (height, width, 3), interleaved -> planes (3, height, width)
    public float[] planes(byte[] rgb) {
        int plane = width * height;
        float[] planes = new float[3 * plane];
        for (int c = 0; c < 3; c++) {
            float[] values = values(mean.get(c), deviation.get(c));
            for (int i = 0; i < plane; i++) {
                planes[c * plane + i] = values[rgb[3 * i + c] & 255];
            }
        }
        return planes;
    }

    /// What each byte of a channel becomes: three float operations in the order of the reference, so that values
    /// agree to the last bit.
    public static float[] values(double mean, double deviation) {
        float[] values = new float[256];
        for (int v = 0; v < 256; v++) {
            values[v] = (v / 255f - (float) mean) / (float) deviation;
        }
        return values;
    }
}
