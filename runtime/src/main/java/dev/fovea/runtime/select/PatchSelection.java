package dev.fovea.runtime.select;

import dev.fovea.runtime.exec.HostFunction;
import dev.fovea.runtime.exec.HostTensor;
import java.util.List;
import java.util.SplittableRandom;

/// The host step between the two passes: from score maps to ascending patch indices, each picture on its own.
///
/// Inputs: map (B,g*g), step (); with ground truth also coverage (B,cells of the first high grid). Outputs: indices
/// (B,K_i) of each scale, then the scores (B,cells_i) they were chosen by.
///
/// @param side g, the side of the low-resolution grid
/// @param random rank by random numbers instead of the map
/// @param seed seed of the random ranking
public record PatchSelection(
        int side, List<ScaleGrid> grids, List<Integer> counts, boolean smooth, boolean random, long seed)
        implements HostFunction {
    /// Copies the lists.
    public PatchSelection {
        grids = List.copyOf(grids);
        counts = List.copyOf(counts);
    }

    @Override
    public void run(List<HostTensor> in, List<HostTensor> out) {
        int batch = in.getFirst().elements() / (side * side);
        for (int b = 0; b < batch; b++) {
            double[] map = row(in.getFirst(), b, side * side);
            for (int scale = 0; scale < grids.size(); scale++) {
                double[] scores = random
                        ? randomScores((long) in.get(1).get(0), b, scale)
                        : Scores.nearest(map, side, side, grids.get(scale));
                if (in.size() > 2) {
                    ScaleGrid first = grids.getFirst();
                    double[] coverage = row(in.get(2), b, first.cells());
                    Scores.overrideWith(
                            scores, Scores.nearest(coverage, first.rows(), first.columns(), grids.get(scale)));
                }
                if (smooth) {
                    scores = Scores.smooth(scores, grids.get(scale));
                }
                put(out.get(scale), b, Scores.top(scores, counts.get(scale)));
                put(out.get(grids.size() + scale), b, scores);
            }
        }
    }

    private double[] randomScores(long step, int b, int scale) {
        SplittableRandom numbers = new SplittableRandom(mix(seed, step, ((long) b << 8) + scale));
        return numbers.doubles(grids.get(scale).cells()).toArray();
    }

    /// One well-mixed number from three.
    public static long mix(long a, long b, long c) {
        long h = a * 0x9E3779B97F4A7C15L;
        h = (h ^ (h >>> 29) ^ b) * 0xBF58476D1CE4E5B9L;
        return (h ^ (h >>> 32) ^ c) * 0x94D049BB133111EBL;
    }

    private static double[] row(HostTensor t, int b, int n) {
        double[] r = new double[n];
        for (int i = 0; i < n; i++) {
            r[i] = t.get(b * n + i);
        }
        return r;
    }

    private static void put(HostTensor t, int b, int[] values) {
        for (int i = 0; i < values.length; i++) {
            t.set(b * values.length + i, values[i]);
        }
    }

    private static void put(HostTensor t, int b, double[] values) {
        for (int i = 0; i < values.length; i++) {
            t.set(b * values.length + i, values[i]);
        }
    }
}
