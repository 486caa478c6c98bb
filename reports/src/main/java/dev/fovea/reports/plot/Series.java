package dev.fovea.reports.plot;

/// One curve: values over steps, in the order they were measured. A NaN or infinite value interrupts the curve.
///
/// @param name what is measured, e.g. `loss/contrast`
/// @param x positions, usually optimizer steps, ascending
/// @param y values, as many as positions
/// @param measured how many of the first points were measured; the others are predicted
public record Series(String name, double[] x, double[] y, int measured) {
    /// A curve of which every point was measured.
    public Series(String name, double[] x, double[] y) {
        this(name, x, y, x.length);
    }

    public Series {
        if (measured < 0 || measured > x.length) {
            throw new IllegalArgumentException("series " + name + ": " + measured + " of " + x.length + " measured");
        }
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
        return new Series(other, x, y, measured);
    }

    /// Number of points.
    public int size() {
        return x.length;
    }
}
