package dev.fovea.datasets.images;

import dev.fovea.datasets.Picture;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;

/// Squashes a picture file to a square as Pillow does before it converts to RGB: in the file's own mode. Pictures
/// with a palette take the nearest pixel, whatever the filter; those with transparency are weighted by it.
public final class ModeResizer {
    private static final int OPAQUE = 255;

    private ModeResizer() {}

    /// Decodes and resizes.
    ///
    /// @return (side, side, 3) bytes, interleaved
    /// @throws IOException if the bytes are not a picture that can be decoded
    public static byte[] squash(byte[] file, int side, Resizer.Filter filter) throws IOException {
        BufferedImage image = ImageCodec.read(file);
        Picture rgb = ImageCodec.toPicture(image);
        if (image.getColorModel() instanceof IndexColorModel) {
            return nearest(rgb, side);
        }
        Crop whole = Crop.whole(rgb.width(), rgb.height());
        boolean same = rgb.width() == side && rgb.height() == side;
        if (!image.getColorModel().hasAlpha() || same) {
            return Resizer.resize(rgb, whole, side, side, filter);
        }
        byte[] alpha = alpha(image);
        Picture weighted = new Picture(rgb.width(), rgb.height(), weighted(rgb.rgb(), alpha));
        Picture opacity = new Picture(rgb.width(), rgb.height(), alpha);
        return unweighted(
                Resizer.resize(weighted, whole, side, side, filter),
                Resizer.resize(opacity, whole, side, side, filter));
    }

    /// Source positions are summed up step by step, as Pillow does.
    private static byte[] nearest(Picture picture, int side) {
        int[] columns = positions(picture.width(), side), rows = positions(picture.height(), side);
        byte[] out = new byte[side * side * 3];
        for (int i = 0; i < side * side; i++) {
            int from = (rows[i / side] * picture.width() + columns[i % side]) * 3;
            System.arraycopy(picture.rgb(), from, out, i * 3, 3);
        }
        return out;
    }

    private static int[] positions(int in, int out) {
        double step = (double) in / out;
        double at = step * 0.5;
        int[] positions = new int[out];
        for (int i = 0; i < out; i++, at += step) {
            positions[i] = Math.min((int) at, in - 1);
        }
        return positions;
    }

    /// Opacity of each pixel, three times over.
    private static byte[] alpha(BufferedImage image) {
        byte[] alpha = new byte[image.getWidth() * image.getHeight() * 3];
        for (int i = 0; i < alpha.length; i++) {
            int pixel = i / 3;
            alpha[i] = (byte) (image.getRGB(pixel % image.getWidth(), pixel / image.getWidth()) >>> 24);
        }
        return alpha;
    }

    /// v * a / 255, rounded as Pillow rounds it
    private static byte[] weighted(byte[] rgb, byte[] alpha) {
        byte[] out = new byte[rgb.length];
        for (int i = 0; i < out.length; i++) {
            int product = (rgb[i] & 255) * (alpha[i] & 255) + 128;
            out[i] = (byte) (((product >> 8) + product) >> 8);
        }
        return out;
    }

    private static byte[] unweighted(byte[] rgb, byte[] alpha) {
        byte[] out = rgb.clone();
        for (int i = 0; i < out.length; i++) {
            int a = alpha[i] & 255;
            if (a != 0 && a != OPAQUE) {
                out[i] = (byte) Math.min(255 * (rgb[i] & 255) / a, 255);
            }
        }
        return out;
    }
}
