package dev.fovea.datasets.sprites;

import java.util.Arrays;

/// Shrinks a cutout so that each new pixel is the mean of the area it covers: what a renderer with perfect
/// antialiasing draws at that size, without the halos of kernels with negative lobes.
final class AreaScaler {
    private static final int TRIES = 4;

    private AreaScaler() {}

    /// Scales so that the visible part's longer side is `side` pixels. A drawing whose outermost points fade away
    /// is drawn up to three pixels larger to make up for it; if that does not suffice the result is smaller.
    static Cutout scale(Cutout from, int side) {
        Cutout best = new Cutout(0, 0, new int[0]);
        for (int extra = 0; extra < TRIES; extra++) {
            Cutout scaled = scaleTo(from, side + extra).trim();
            int reached = Math.max(scaled.width(), scaled.height());
            if (reached <= side) {
                best = scaled;
            }
            if (reached >= side) {
                break;
            }
        }
        return best;
    }

    private static Cutout scaleTo(Cutout from, int side) {
        double ratio = (double) side / Math.max(from.width(), from.height());
        int width = from.width() >= from.height() ? side : Math.max(1, (int) Math.round(from.width() * ratio));
        int height = from.height() >= from.width() ? side : Math.max(1, (int) Math.round(from.height() * ratio));
        if (width == from.width() && height == from.height()) {
            return from;
        }
        // (height of from, width) as four planes of floats: alpha, red, green, blue.
        float[] narrow = columns(from, width);
        return new Cutout(width, height, rows(narrow, width, from.height(), height));
    }

    private static float[] columns(Cutout from, int width) {
        float[] to = new float[from.height() * width * 4];
        double step = (double) from.width() / width;
        for (int x = 0; x < width; x++) {
            double low = x * step;
            double high = Math.min(from.width(), low + step);
            for (int in = (int) low; in < high; in++) {
                float share = (float) ((Math.min(high, in + 1) - Math.max(low, in)) / step);
                for (int y = 0; y < from.height(); y++) {
                    int pixel = from.argb()[y * from.width() + in];
                    int at = (y * width + x) * 4;
                    to[at] += share * (pixel >>> 24);
                    to[at + 1] += share * (pixel >> 16 & 255);
                    to[at + 2] += share * (pixel >> 8 & 255);
                    to[at + 3] += share * (pixel & 255);
                }
            }
        }
        return to;
    }

    private static int[] rows(float[] from, int width, int fromHeight, int height) {
        int[] to = new int[width * height];
        float[] sums = new float[width * 4];
        double step = (double) fromHeight / height;
        for (int y = 0; y < height; y++) {
            Arrays.fill(sums, 0.5f);
            double low = y * step;
            double high = Math.min(fromHeight, low + step);
            for (int in = (int) low; in < high; in++) {
                float share = (float) ((Math.min(high, in + 1) - Math.max(low, in)) / step);
                for (int i = 0; i < sums.length; i++) {
                    sums[i] += share * from[in * sums.length + i];
                }
            }
            for (int x = 0; x < width; x++) {
                to[y * width + x] = pack(sums, x * 4);
            }
        }
        return to;
    }

    private static int pack(float[] sums, int at) {
        int alpha = Math.min(255, (int) sums[at]);
        int red = Math.min(alpha, (int) sums[at + 1]);
        int green = Math.min(alpha, (int) sums[at + 2]);
        int blue = Math.min(alpha, (int) sums[at + 3]);
        return alpha << 24 | red << 16 | green << 8 | blue;
    }
}
