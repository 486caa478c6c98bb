package dev.fovea.runtime.select;

import java.util.Arrays;
import java.util.Comparator;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;

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

    /// Blurs with a Gaussian whose deviation is a twelfth of the grid's longer side, half a cell of the
    /// reference's 6 x 6 grid, cut at three deviations and normalised at the border. The paper names the filter,
    /// not its width.
    public static double[] blur(double[] map, ScaleGrid grid) {
        double deviation = Math.max(grid.rows(), grid.columns()) / 12.0;
        double[] across = new double[map.length], out = new double[map.length];
        for (int i = 0; i < map.length; i++) {
            int row = i / grid.columns();
            across[i] = blurred(map, row * grid.columns(), 1, i % grid.columns(), grid.columns(), deviation);
        }
        for (int i = 0; i < map.length; i++) {
            out[i] = blurred(across, i % grid.columns(), grid.columns(), i / grid.columns(), grid.rows(), deviation);
        }
        return out;
    }

    /// Weighted mean around position `at` of a line of `n` numbers.
    private static double blurred(double[] map, int start, int stride, int at, int n, double deviation) {
        int reach = (int) Math.ceil(3 * deviation);
        double sum = 0, weights = 0;
        for (int j = Math.max(0, at - reach); j < Math.min(n, at + reach + 1); j++) {
            double w = Math.exp(-(j - at) * (j - at) / (2 * deviation * deviation));
            sum += w * map[start + j * stride];
            weights += w;
        }
        return sum / weights;
    }

    /// The `count` highest scores as ascending flat indices; ties go to the lowest index. Scores must not be NaN.
    public static int[] top(double[] scores, int count) {
        return top(scores, count, cell -> cell);
    }

    /// The `count` highest scores as ascending flat indices; of equal scores, the lowest `key` goes first. Scores
    /// must not be NaN.
    public static int[] top(double[] scores, int count, IntToLongFunction key) {
        double threshold = threshold(scores, count);
        int above = 0;
        for (double s : scores) {
            above += s > threshold ? 1 : 0;
        }
        boolean[] chosen = new boolean[scores.length];
        for (int i = 0; i < scores.length; i++) {
            chosen[i] = scores[i] > threshold;
        }
        IntStream.range(0, scores.length)
                .filter(i -> scores[i] == threshold)
                .boxed()
                .sorted(Comparator.comparingLong(key::applyAsLong))
                .limit(count - above)
                .forEach(i -> chosen[i] = true);
        return IntStream.range(0, scores.length).filter(i -> chosen[i]).toArray();
    }

    /// The `count`-th highest score.
    private static double threshold(double[] scores, int count) {
        double[] sorted = scores.clone();
        Arrays.sort(sorted);
        return count == 0 ? Double.POSITIVE_INFINITY : sorted[sorted.length - count];
    }
}
