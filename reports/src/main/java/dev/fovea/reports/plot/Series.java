package dev.fovea.reports.plot;

/// One curve: values over steps, in the order they were measured. A NaN or infinite value interrupts the curve.
///
/// @param name what is measured, e.g. `loss/contrast`
/// @param x positions, usually optimizer steps, ascending
/// @param y values, as many as positions
public record Series(String name, double[] x, double[] y) {
    public Series {
        if (x.length != y.length) {
            throw new IllegalArgumentException(
                    "series " + name + ": " + x.length + " positions but " + y.length + " values");
        }
        for (int i = 1; i < x.length; i++) {
            if (!(x[i] >= x[i - 1])) {
                throw new IllegalArgumentException("series " + name + ": position " + x[i] + " after " + x[i - 1]);
            }
        }
    }

    /// The same curve under another name.
    public Series named(String other) {
        return new Series(other, x, y);
    }

    /// Number of points.
    public int size() {
        return x.length;
    }
}
