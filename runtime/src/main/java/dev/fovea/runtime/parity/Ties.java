package dev.fovea.runtime.parity;

import dev.fovea.runtime.select.Ranking;
import dev.fovea.runtime.select.TieBreak;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Compares a recorded choice of patches with scores of our own. Patches of one low-resolution cell tie exactly,
/// and which of them the reference takes is arbitrary: any choice counts that has the right number of patches,
/// all those clearly above the lowest chosen score, and none clearly below it.
final class Ties {
    private Ties() {}

    /// How far the recorded choice is from being one of the highest scores: 0 if it is among the ties, else the
    /// score by which a patch was passed over.
    ///
    /// @param scores of one picture, one array for each scale
    /// @param before patches chosen in earlier rounds
    /// @param counts patches to choose at each scale
    static double error(List<double[]> scores, List<List<int[]>> before, List<Integer> counts, List<int[]> recorded) {
        Ranking ranking = new Ranking(scores, TieBreak.lowestIndex());
        before.forEach(ranking::exclude);
        List<int[]> ours = ranking.next(counts);
        double worst = 0;
        for (int i = 0; i < counts.size(); i++) {
            if (recorded.get(i).length != counts.get(i)) {
                return Double.POSITIVE_INFINITY;
            }
            worst = Math.max(worst, error(scores.get(i), taken(before, i), ours.get(i), recorded.get(i)));
        }
        return worst;
    }

    private static boolean[] taken(List<List<int[]>> before, int scale) {
        int longest = before.stream()
                .flatMapToInt(r -> Arrays.stream(r.get(scale)))
                .max()
                .orElse(-1);
        boolean[] taken = new boolean[longest + 1];
        before.forEach(r -> Arrays.stream(r.get(scale)).forEach(c -> taken[c] = true));
        return taken;
    }

    private static double error(double[] scores, boolean[] taken, int[] ours, int[] recorded) {
        if (Arrays.stream(recorded).anyMatch(c -> c < taken.length && taken[c])) {
            return Double.POSITIVE_INFINITY;
        }
        double threshold = Arrays.stream(ours).mapToDouble(c -> scores[c]).min().orElse(0);
        boolean[] chosen = new boolean[scores.length];
        Arrays.stream(recorded).forEach(c -> chosen[c] = true);
        double below = Arrays.stream(recorded)
                .mapToDouble(c -> threshold - scores[c])
                .max()
                .orElse(0);
        double above = IntStream.range(0, scores.length)
                .filter(c -> !chosen[c] && !(c < taken.length && taken[c]))
                .mapToDouble(c -> ours.length == 0 ? 0 : scores[c] - threshold)
                .max()
                .orElse(0);
        return Math.max(0, Math.max(below, above));
    }
}
