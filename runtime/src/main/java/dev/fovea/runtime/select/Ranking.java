package dev.fovea.runtime.select;

import java.util.ArrayList;
import java.util.List;

/// Walks down the scores of one picture, round after round: no patch is chosen twice, and later rounds do not see
/// what earlier ones encoded (ps3-spec 1.6).
public final class Ranking {
    /// Below every score: what is chosen is not chosen again.
    private static final double CHOSEN = Double.NEGATIVE_INFINITY;

    private final List<double[]> scores = new ArrayList<>();
    private final TieBreak ties;

    /// @param scores one array for each high scale, finite
    public Ranking(List<double[]> scores, TieBreak ties) {
        scores.forEach(s -> this.scores.add(s.clone()));
        this.ties = ties;
    }

    /// Marks patches as chosen before, one ascending list for each high scale.
    public void exclude(List<int[]> chosen) {
        for (int i = 0; i < chosen.size(); i++) {
            for (int cell : chosen.get(i)) {
                scores.get(i)[cell] = CHOSEN;
            }
        }
    }

    /// The next `counts.get(i)` patches of each high scale, ascending.
    ///
    /// @throws IllegalArgumentException if a scale has fewer patches left
    public List<int[]> next(List<Integer> counts) {
        List<int[]> chosen = new ArrayList<>();
        for (int i = 0; i < scores.size(); i++) {
            int scale = i;
            int[] top = Scores.top(scores.get(i), counts.get(i), cell -> ties.key(scale, cell));
            for (int cell : top) {
                if (scores.get(i)[cell] == CHOSEN) {
                    throw new IllegalArgumentException(
                            "high scale " + i + " has fewer than " + counts.get(i) + " patches left");
                }
            }
            chosen.add(top);
        }
        exclude(chosen);
        return chosen;
    }
}
