package dev.fovea.reports.plot;

import java.util.Arrays;

/// Points of a curve as marks, told apart without colour: each curve has a shape of its own, and points that were
/// predicted are hollow with dashes before them.
///
/// @param index of the curve in its chart
record Marks(Canvas canvas, int index) {
    private static final double RADIUS = 4.2, HOLE = 2.4, LINE = 1.8;

    /// Draws a curve of points on the canvas, of which the first so many were measured.
    void curve(double[] x, double[] y, int measured) {
        Ink ink = Ink.series(index);
        if (measured > 1) {
            canvas.polyline(Arrays.copyOf(x, measured), Arrays.copyOf(y, measured), ink, LINE, 0);
        }
        int from = Math.max(0, measured - 1);
        if (x.length - from > 1) {
            canvas.polyline(Arrays.copyOfRange(x, from, x.length), Arrays.copyOfRange(y, from, y.length), ink, LINE, 1);
        }
        for (int i = 0; i < x.length; i++) {
            mark(x[i], y[i], i >= measured);
        }
    }

    /// Draws one mark.
    void mark(double x, double y, boolean hollow) {
        shape(x, y, RADIUS, Ink.series(index));
        if (hollow) {
            shape(x, y, HOLE, Ink.PAPER);
        }
    }

    private void shape(double x, double y, double r, Ink ink) {
        switch (index % 3) {
            case 0 -> canvas.disc(x, y, r, ink);
            case 1 -> {
                double a = 0.9 * r;
                canvas.polygon(
                        new double[] {x - a, x + a, x + a, x - a}, new double[] {y - a, y - a, y + a, y + a}, ink, 1);
            }
            default -> {
                double a = 1.3 * r;
                canvas.polygon(new double[] {x, x + a, x, x - a}, new double[] {y - a, y, y + a, y}, ink, 1);
            }
        }
    }
}
