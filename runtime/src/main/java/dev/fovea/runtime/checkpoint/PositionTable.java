package dev.fovea.runtime.checkpoint;

import dev.fovea.runtime.ir.Cubic;

/// A square table of position embeddings made for another grid: bicubic with antialiasing, as the model does for
/// its high scales (ps3-spec 1.8). Enlarging only moves the four taps; when shrinking the kernel widens.
final class PositionTable {
    private static final double COEFFICIENT = -0.5;

    private PositionTable() {}

    /// Weights of the inputs `first ..` of one output.
    private record Taps(int first, double[] weights) {}

    static boolean isSquare(long count) {
        long side = Math.round(Math.sqrt((double) count));
        return count > 0 && side * side == count;
    }

    /// table (g*g,D) -> (G*G,D)
    ///
    /// @param from g
    /// @param to G
    /// @param width D
    static float[] resampled(float[] table, int from, int to, int width) {
        Taps[] taps = new Taps[to];
        for (int i = 0; i < to; i++) {
            taps[i] = taps(i, from, to);
        }
        double[] rows = new double[to * from * width]; // y resampled
        for (int y = 0; y < to; y++) {
            Taps t = taps[y];
            for (int k = 0; k < t.weights.length; k++) {
                for (int i = 0; i < from * width; i++) {
                    rows[y * from * width + i] += t.weights[k] * table[(t.first + k) * from * width + i];
                }
            }
        }
        float[] out = new float[to * to * width];
        for (int y = 0; y < to; y++) {
            for (int x = 0; x < to; x++) {
                for (int d = 0; d < width; d++) {
                    out[(y * to + x) * width + d] = (float) at(rows, y * from, taps[x], width, d);
                }
            }
        }
        return out;
    }

    private static double at(double[] rows, int row, Taps t, int width, int d) {
        double sum = 0;
        for (int k = 0; k < t.weights.length; k++) {
            sum += t.weights[k] * rows[(row + t.first + k) * width + d];
        }
        return sum;
    }

    private static Taps taps(int position, int in, int out) {
        double scale = (double) in / out, stretch = Math.max(scale, 1);
        double center = scale * (position + 0.5), support = 2 * stretch;
        int from = Math.max((int) (center - support + 0.5), 0), to = Math.min((int) (center + support + 0.5), in);
        double[] weights = new double[to - from];
        double sum = 0;
        for (int j = from; j < to; j++) {
            weights[j - from] = Cubic.kernel((j - center + 0.5) / stretch, COEFFICIENT);
            sum += weights[j - from];
        }
        for (int k = 0; k < weights.length; k++) {
            weights[k] /= sum;
        }
        return new Taps(from, weights);
    }
}
