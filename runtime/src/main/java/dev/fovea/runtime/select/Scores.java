package dev.fovea.runtime.select;

import java.util.Arrays;

/// Score maps over the patches of one scale of one picture, and the choice from them.
public final class Scores {
    private Scores() {}

    /// Copies a map to a larger or smaller grid: source = floor(i * in / out) on each axis.
    public static double[] nearest(double[] map, int rows, int columns, ScaleGrid to) {
        double[] out = new double[to.cells()];
        for (int i = 0; i < out.length; i++) {
            int row = i / to.columns() * rows / to.rows(), column = i % to.columns() * columns / to.columns();
            out[i] = map[row * columns + column];
        }
        return out;
    }

    /// Averages over a 6 x 6 grid and copies back: the reference's smoothing.
    public static double[] smooth(double[] map, ScaleGrid grid) {
        int side = 6;
        double[] coarse = new double[side * side];
        for (int i = 0; i < coarse.length; i++) {
            int y0 = i / side * grid.rows() / side, y1 = Math.ceilDiv((i / side + 1) * grid.rows(), side);
            int x0 = i % side * grid.columns() / side, x1 = Math.ceilDiv((i % side + 1) * grid.columns(), side);
            for (int y = y0; y < y1; y++) {
                for (int x = x0; x < x1; x++) {
                    coarse[i] += map[y * grid.columns() + x] / ((y1 - y0) * (x1 - x0));
                }
            }
        }
        return nearest(coarse, side, side, grid);
    }

    /// Sets the score to 1 where the coverage is positive; both on the same grid.
    public static void overrideWith(double[] scores, double[] coverage) {
        for (int i = 0; i < scores.length; i++) {
            if (coverage[i] > 0) {
                scores[i] = 1;
            }
        }
    }

    /// The `count` highest scores as ascending flat indices; ties go to the lowest index. Scores must not be NaN.
    public static int[] top(double[] scores, int count) {
        double threshold = threshold(scores, count);
        int above = 0;
        for (double s : scores) {
            above += s > threshold ? 1 : 0;
        }
        int ties = count - above, found = 0;
        int[] chosen = new int[count];
        for (int i = 0; i < scores.length && found < count; i++) {
            boolean tie = scores[i] == threshold;
            if (scores[i] > threshold || (tie && ties > 0)) {
                chosen[found++] = i;
                ties -= tie ? 1 : 0;
            }
        }
        return chosen;
    }

    /// The `count`-th highest score.
    private static double threshold(double[] scores, int count) {
        double[] sorted = scores.clone();
        Arrays.sort(sorted);
        return count == 0 ? Double.POSITIVE_INFINITY : sorted[sorted.length - count];
    }
}
