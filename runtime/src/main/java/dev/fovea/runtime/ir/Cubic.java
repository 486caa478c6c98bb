package dev.fovea.runtime.ir;

/// Sampling rules of the reference's two bicubic filters, along one axis. Coordinates are computed in float32 as
/// the
/// reference does.
public final class Cubic {
    private Cubic() {}

    /// Taps of one output position: four, or more where antialiasing reduces.
    ///
    /// @param first source index of the first tap before clamping
    /// @param weights of the taps from `first` on
    public record Taps(int first, double[] weights) {}

    /// The cubic convolution kernel at distance `x` with coefficient `a`.
    public static double kernel(double x, double a) {
        double t = Math.abs(x);
        if (t <= 1) {
            return ((a + 2) * t - (a + 3)) * t * t + 1;
        }
        return t < 2 ? ((a * t - 5 * a) * t + 8 * a) * t - 4 * a : 0;
    }

    /// Pictures: a = -0.75, no antialiasing, indices to be clamped to the border (`align_corners=false`).
    public static Taps picture(int position, int in, int out) {
        float scale = (float) in / out;
        float source = scale * (position + 0.5f) - 0.5f;
        int base = (int) Math.floor(source);
        float t = source - base;
        double[] w = new double[4];
        for (int k = 0; k < 4; k++) {
            w[k] = kernel(k - 1 - (double) t, -0.75);
        }
        return new Taps(base - 1, w);
    }

    /// Antialiasing's rule: a = -0.5, a kernel as wide as the reduction, weights of taps inside normalised to
    /// sum one and taps outside left out. Every position has as many taps; those not used weigh 0.
    public static Taps antialiased(int position, int in, int out) {
        double scale = (double) in / out, center = scale * (position + 0.5), widen = Math.max(scale, 1);
        int from = Math.max((int) (center - 2 * widen + 0.5), 0), to = Math.min((int) (center + 2 * widen + 0.5), in);
        double[] w = new double[(int) Math.ceil(4 * widen) + (scale > 1 ? 1 : 0)];
        double sum = 0;
        for (int j = from; j < to; j++) {
            w[j - from] = kernel((j - center + 0.5) / widen, -0.5);
            sum += w[j - from];
        }
        for (int k = 0; k < w.length; k++) {
            w[k] /= sum;
        }
        return new Taps(from, w);
    }
}
