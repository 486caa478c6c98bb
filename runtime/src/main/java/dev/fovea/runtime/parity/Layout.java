package dev.fovea.runtime.parity;

import dev.fovea.runtime.ir.Shape;

/// Changes of the order of elements between the reference's layouts and ours.
final class Layout {
    private Layout() {}

    /// (B,M,N) to (B,N,M)
    static double[] swapped(double[] x, int batch, int rows, int columns) {
        double[] out = new double[x.length];
        int size = rows * columns;
        for (int i = 0; i < batch * size; i++) {
            int b = i / size, row = i % size / columns, column = i % columns;
            out[b * size + column * rows + row] = x[i];
        }
        return out;
    }

    /// (B,H,N,C) to rows (B,N,H*C)
    static double[] joined(double[] x, int batch, int heads, int n, int size) {
        double[] out = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            int e = i % size, t = i / size % n, h = i / (size * n) % heads, b = i / (size * n * heads);
            out[((b * n + t) * heads + h) * size + e] = x[i];
        }
        return out;
    }

    /// rows (B,N,H*C) to (B,H,N,C)
    static double[] split(double[] x, int batch, int heads, int n, int size) {
        double[] out = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            int e = i % size, h = i / size % heads, t = i / (size * heads) % n, b = i / (size * heads * n);
            out[((b * heads + h) * n + t) * size + e] = x[i];
        }
        return out;
    }

    /// Patches (B,K,C*p*p) of the whole picture to the picture (B,C,H,W)
    static double[] picture(double[] patches, Shape image, int p) {
        int channels = image.dim(1), height = image.dim(2), width = image.dim(3);
        int columns = width / p, cells = height / p * columns;
        double[] out = new double[patches.length];
        for (int i = 0; i < out.length; i++) {
            int x = i % width, y = i / width % height, c = i / (width * height) % channels;
            int b = i / (width * height * channels), cell = y / p * columns + x / p;
            out[i] = patches[((b * cells + cell) * channels + c) * p * p + y % p * p + x % p];
        }
        return out;
    }

    /// Part `part` of `parts` of every row.
    static double[] part(double[] rows, int width, int part, int parts) {
        double[] out = new double[rows.length / parts];
        for (int i = 0; i < out.length; i++) {
            out[i] = rows[i / width * parts * width + part * width + i % width];
        }
        return out;
    }

    /// Writes rows of `width` as part `part` of `parts` of packed rows.
    static void pack(double[] rows, int width, double[] packed, int part, int parts) {
        for (int i = 0; i < rows.length; i++) {
            packed[i / width * parts * width + part * width + i % width] = rows[i];
        }
    }
}
