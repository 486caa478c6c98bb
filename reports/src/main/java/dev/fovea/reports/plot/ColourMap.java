package dev.fovea.reports.plot;

import java.awt.image.BufferedImage;

/// Viridis, perceptually uniform from dark blue to yellow (Smith and van der Walt 2015, public domain): ten of its
/// colours with straight lines between them.
final class ColourMap {
    private static final int[] TABLE = {
        0x440154, 0x482878, 0x3e4a89, 0x31688e, 0x26828e, 0x1f9e89, 0x35b779, 0x6dcd59, 0xb4de2c, 0xfde725
    };

    private ColourMap() {}

    /// Colour 0xRRGGBB of a value between 0 and 1; values outside are clamped, NaN is grey.
    static int colour(double value) {
        if (Double.isNaN(value)) {
            return 0x808080;
        }
        double place = Math.clamp(value, 0.0, 1.0) * (TABLE.length - 1);
        int below = (int) Math.min(TABLE.length - 2.0, Math.floor(place));
        double share = place - below;
        int out = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            double a = TABLE[below] >> shift & 255;
            double b = TABLE[below + 1] >> shift & 255;
            out |= (int) Math.round(a + share * (b - a)) << shift;
        }
        return out;
    }

    /// A picture with one pixel per cell of a row-major map.
    static BufferedImage picture(double[] values, int rows, int columns) {
        BufferedImage image = new BufferedImage(columns, rows, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < rows * columns; i++) {
            image.setRGB(i % columns, i / columns, colour(values[i]));
        }
        return image;
    }
}
