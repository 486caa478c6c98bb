package dev.fovea.runtime.bench;

import dev.fovea.datasets.Picture;
import dev.fovea.datasets.images.Crop;
import dev.fovea.datasets.images.ImageCodec;
import dev.fovea.datasets.images.Normalized;
import dev.fovea.datasets.images.Resizer;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;

/// What the data side of a step costs: decoding a 4K picture and bringing it to the size of the largest scale, on
/// one thread.
///
/// @param decodeSeconds from the bytes of a JPEG to pixels
/// @param resizeSeconds from these to normalised planes of the wanted size
public record PictureTimes(double decodeSeconds, double resizeSeconds) {
    private static final int WIDTH = 3840, HEIGHT = 2160, SAMPLES = 3;
    private static final double QUALITY = 0.9;

    /// A JPEG of 3840 x 2160 with soft shades and some noise, as a photograph has.
    static byte[] jpeg() throws IOException {
        SplittableRandom random = new SplittableRandom(5);
        byte[] rgb = new byte[3 * WIDTH * HEIGHT];
        for (int i = 0; i < rgb.length; i++) {
            int x = i / 3 % WIDTH, y = i / 3 / WIDTH, channel = i % 3;
            double shade = Math.sin(x * (0.011 + 0.003 * channel)) * Math.cos(y * 0.017);
            rgb[i] = (byte) Math.clamp(Math.round(128 + 80 * shade + random.nextDouble(-12, 12)), 0, 255);
        }
        return ImageCodec.encodeJpeg(new Picture(WIDTH, HEIGHT, rgb), QUALITY);
    }

    /// Medians of a few rounds.
    ///
    /// @param side of the picture as the program takes it
    public static PictureTimes measure(int side) throws IOException {
        byte[] file = jpeg();
        Normalized normalized = new Normalized(side, side, List.of(0.5, 0.5, 0.5), List.of(0.5, 0.5, 0.5));
        double[] decode = new double[SAMPLES], resize = new double[SAMPLES];
        for (int i = -1; i < SAMPLES; i++) {
            long start = System.nanoTime();
            Picture picture = ImageCodec.decode(file);
            long decoded = System.nanoTime();
            float[] planes = normalized.planes(
                    Resizer.resize(picture, Crop.whole(picture.width(), picture.height()), side, side));
            long end = System.nanoTime();
            if (i >= 0 && planes.length > 0) {
                decode[i] = (decoded - start) * 1e-9;
                resize[i] = (end - decoded) * 1e-9;
            }
        }
        return new PictureTimes(
                Quartiles.of(decode).median(), Quartiles.of(resize).median());
    }
}
