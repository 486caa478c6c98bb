package dev.fovea.runtime.select;

import dev.fovea.runtime.exec.HostFunction;
import dev.fovea.runtime.exec.HostTensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The host step between the two passes: from score maps to ascending patch indices, each picture on its own.
///
/// Inputs: maps (B,g*g), one for all scales or one for each, then step (); with ground truth also coverage
/// (B,cells of the first high grid). Outputs: indices (B,K_i) of each scale, then the scores (B,cells_i) they
/// were chosen by.
///
/// @param maps number of map inputs
/// @param counts patches chosen at each high scale
/// @param random rank by random numbers instead of the map
/// @param randomTies whether ties go to random patches instead of the lowest index
/// @param seed seed of the random ranking and of random ties
public record PatchSelection(
        ScoreRule rule, int maps, List<Integer> counts, boolean random, boolean randomTies, long seed)
        implements HostFunction {
    /// Copies the list.
    public PatchSelection {
        counts = List.copyOf(counts);
    }

    @Override
    public void run(List<HostTensor> in, List<HostTensor> out) {
        int cells = rule.side() * rule.side(), scales = rule.grids().size();
        int batch = in.getFirst().elements() / cells;
        long step = (long) in.get(maps).get(0);
        for (int b = 0; b < batch; b++) {
            double[] coverage = in.size() > maps + 1
                    ? row(in.get(maps + 1), b, rule.grids().getFirst().cells())
                    : null;
            List<double[]> scores = scores(in, b, step, coverage);
            TieBreak ties = randomTies ? TieBreak.random(seed, step, b) : TieBreak.lowestIndex();
            List<int[]> chosen = new Ranking(scores, ties).next(counts);
            for (int i = 0; i < scales; i++) {
                put(out.get(i), b, chosen.get(i));
                put(out.get(scales + i), b, scores.get(i));
            }
        }
    }

    private List<double[]> scores(List<HostTensor> in, int b, long step, double @Nullable [] coverage) {
        if (!random) {
            int cells = rule.side() * rule.side();
            List<double[]> rows =
                    in.subList(0, maps).stream().map(t -> row(t, b, cells)).toList();
            return rule.scores(rows, coverage);
        }
        return rule.finish(rule.random(scale -> mix(seed, step, ((long) b << 8) + scale)), coverage);
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
