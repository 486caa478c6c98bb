package dev.fovea.reports.plot;

import java.util.Arrays;

/// A curve made readable: centred moving mean with the smallest and largest value of its window as a band,
/// thinned to a
/// number of points that a screen can show. Non-finite values are left out of windows; a window without any finite
/// value is NaN.
///
/// @param x positions
/// @param mean mean of each window
/// @param low smallest value of each window
/// @param high largest value of each window
record Smoothing(double[] x, double[] mean, double[] low, double[] high) {
    static final int MOST_POINTS = 360;

    /// @param window points averaged, 1 for none; windows are cut off at the ends
    static Smoothing of(Series series, int window) {
        int n = series.size();
        int stride = Math.max(1, (n + MOST_POINTS - 1) / MOST_POINTS);
        int reach = Math.max(window, stride) / 2;
        int points = n == 0 ? 0 : (n - 1) / stride + 1 + ((n - 1) % stride == 0 ? 0 : 1);
        double[][] out = new double[4][points];
        for (int p = 0; p < points; p++) {
            int centre = Math.min(n - 1, p * stride);
            double[] kept = Arrays.stream(series.y(), Math.max(0, centre - reach), Math.min(n, centre + reach + 1))
                    .filter(Double::isFinite)
                    .toArray();
            out[0][p] = series.x()[centre];
            out[1][p] = Arrays.stream(kept).average().orElse(Double.NaN);
            out[2][p] = Arrays.stream(kept).min().orElse(Double.NaN);
            out[3][p] = Arrays.stream(kept).max().orElse(Double.NaN);
        }
        return new Smoothing(out[0], out[1], out[2], out[3]);
    }

    int size() {
        return x.length;
    }
}
