package dev.fovea.runtime.checkpoint;

import dev.fovea.runtime.ir.Cubic;

/// A square table of position embeddings made for another grid: bicubic with antialiasing, as the model does for
/// its high scales (ps3-spec 1.8). Enlarging only moves the four taps; when shrinking the kernel widens.
final class PositionTable {
    private PositionTable() {}

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
        Cubic.Taps[] taps = new Cubic.Taps[to];
        for (int i = 0; i < to; i++) {
            taps[i] = Cubic.antialiased(i, from, to);
        }
        double[] rows = new double[to * from * width]; // y resampled
        for (int y = 0; y < to; y++) {
            Cubic.Taps t = taps[y];
            for (int k = 0; k < used(t, from); k++) {
                for (int i = 0; i < from * width; i++) {
                    rows[y * from * width + i] += t.weights()[k] * table[(t.first() + k) * from * width + i];
                }
            }
        }
        float[] out = new float[to * to * width];
        for (int y = 0; y < to; y++) {
            for (int x = 0; x < to; x++) {
                for (int d = 0; d < width; d++) {
                    out[(y * to + x) * width + d] = (float) at(rows, y * from, taps[x], from, width, d);
                }
            }
        }
        return out;
    }

    /// Taps inside the table; those beyond weigh nothing.
    private static int used(Cubic.Taps t, int from) {
        return Math.min(t.weights().length, from - t.first());
    }

    private static double at(double[] rows, int row, Cubic.Taps t, int from, int width, int d) {
        double sum = 0;
        for (int k = 0; k < used(t, from); k++) {
            sum += t.weights()[k] * rows[(row + t.first() + k) * width + d];
        }
        return sum;
    }
}
