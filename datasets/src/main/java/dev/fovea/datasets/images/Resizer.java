package dev.fovea.datasets.images;

import dev.fovea.datasets.Picture;
import java.util.Arrays;

/// Antialiased resizing of 8-bit pictures, bit for bit as Pillow does it (and with it the reference's
/// training transform): coefficient a = -0.5, support widened by the reduction, weights rounded to 22 bits,
/// columns first, each pass rounded to 8 bits. Bicubic unless told otherwise.
public final class Resizer {
    private static final double A = -0.5;
    private static final int PRECISION = 32 - 8 - 2;

    private Resizer() {}

    /// Kernels of Pillow.
    public enum Filter {
        /// Keys' cubic with a = -0.5
        BICUBIC(2),
        /// the triangle
        BILINEAR(1);

        private final double support;

        Filter(double support) {
            this.support = support;
        }

        private double weight(double x) {
            return this == BICUBIC ? bicubic(x) : Math.max(0, 1 - Math.abs(x));
        }
    }

    /// Cuts `crop` out of `source` and resizes it.
    ///
    /// @return (height, width, 3) bytes, interleaved; an exact copy of the cut where its size is unchanged
    public static byte[] resize(Picture source, Crop crop, int width, int height) {
        return resize(source, crop, width, height, Filter.BICUBIC);
    }

    /// Cuts `crop` out of `source` and resizes it with this filter.
    ///
    /// @return (height, width, 3) bytes, interleaved; an exact copy of the cut where its size is unchanged
    public static byte[] resize(Picture source, Crop crop, int width, int height, Filter filter) {
        crop.requireInside(source.width(), source.height());
        byte[] rows = source.rgb();
        int stride = source.width() * 3;
        int firstRow = crop.y();
        int rowCount = crop.height();
        int column = crop.x() * 3;
        if (crop.width() != width) {
            rows = columns(rows, stride, firstRow, rowCount, crop, Taps.of(crop.width(), width, filter));
            stride = width * 3;
            firstRow = 0;
            column = 0;
        }
        if (rowCount == height) {
            return copy(rows, stride, firstRow, column, width, height);
        }
        return rows(rows, stride, firstRow, column, width, Taps.of(rowCount, height, filter));
    }

    private static byte[] copy(byte[] from, int stride, int firstRow, int column, int width, int height) {
        byte[] to = new byte[Math.multiplyExact(width * 3, height)];
        for (int y = 0; y < height; y++) {
            System.arraycopy(from, (firstRow + y) * stride + column, to, y * width * 3, width * 3);
        }
        return to;
    }

    /// The pass along rows: (rowCount, crop.width) -> (rowCount, width).
    private static byte[] columns(byte[] from, int stride, int firstRow, int rowCount, Crop crop, Taps taps) {
        int width = taps.first.length;
        byte[] to = new byte[Math.multiplyExact(rowCount, width * 3)];
        for (int y = 0; y < rowCount; y++) {
            int row = (firstRow + y) * stride + crop.x() * 3;
            int out = y * width * 3;
            for (int x = 0; x < width; x++, out += 3) {
                int at = row + taps.first[x] * 3;
                int r = 1 << (PRECISION - 1);
                int g = r;
                int b = r;
                for (int k = x * taps.most; k < x * taps.most + taps.count[x]; k++, at += 3) {
                    int weight = taps.weights[k];
                    r += weight * (from[at] & 255);
                    g += weight * (from[at + 1] & 255);
                    b += weight * (from[at + 2] & 255);
                }
                to[out] = clip(r);
                to[out + 1] = clip(g);
                to[out + 2] = clip(b);
            }
        }
        return to;
    }

    /// The pass along columns: (rowCount, width) -> (height, width).
    private static byte[] rows(byte[] from, int stride, int firstRow, int column, int width, Taps taps) {
        int height = taps.first.length;
        byte[] to = new byte[Math.multiplyExact(height, width * 3)];
        int[] sums = new int[width * 3];
        for (int y = 0; y < height; y++) {
            Arrays.fill(sums, 1 << (PRECISION - 1));
            for (int k = 0; k < taps.count[y]; k++) {
                add(sums, from, (firstRow + taps.first[y] + k) * stride + column, taps.weights[y * taps.most + k]);
            }
            for (int i = 0; i < sums.length; i++) {
                to[y * sums.length + i] = clip(sums[i]);
            }
        }
        return to;
    }

    private static void add(int[] sums, byte[] from, int at, int weight) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += weight * (from[at + i] & 255);
        }
    }

    private static byte clip(int value) {
        return (byte) Math.clamp(value >> PRECISION, 0, 255);
    }

    /// The input pixels of each output pixel: `count[i]` of them from `first[i]`, weights from `i * most`.
    private record Taps(int[] first, int[] count, int[] weights, int most, Filter filter) {
        static Taps of(int in, int out, Filter filter) {
            double scale = (double) in / out;
            double widen = Math.max(scale, 1);
            double support = filter.support * widen;
            int most = (int) Math.ceil(support) * 2 + 1;
            Taps taps = new Taps(new int[out], new int[out], new int[Math.multiplyExact(out, most)], most, filter);
            for (int i = 0; i < out; i++) {
                double center = (i + 0.5) * scale;
                int low = Math.max(0, (int) (center - support + 0.5));
                int high = Math.min(in, (int) (center + support + 0.5));
                taps.first[i] = low;
                taps.count[i] = high - low;
                taps.fill(i, low - center + 0.5, widen);
            }
            return taps;
        }

        private void fill(int i, double offset, double widen) {
            double[] exact = new double[count[i]];
            double sum = 0;
            for (int k = 0; k < exact.length; k++) {
                exact[k] = filter.weight((k + offset) * (1 / widen));
                sum += exact[k];
            }
            for (int k = 0; k < exact.length; k++) {
                double weight = (sum == 0 ? exact[k] : exact[k] / sum) * (1 << PRECISION);
                weights[i * most + k] = (int) (weight < 0 ? weight - 0.5 : weight + 0.5);
            }
        }
    }

    /// The cubic convolution kernel (Keys 1981) with a = -0.5.
    static double bicubic(double x) {
        double t = Math.abs(x);
        if (t < 1) {
            return ((A + 2) * t - (A + 3)) * t * t + 1;
        }
        return t < 2 ? (((t - 5) * t + 8) * t - 4) * A : 0;
    }
}
