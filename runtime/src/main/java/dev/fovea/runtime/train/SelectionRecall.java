package dev.fovea.runtime.train;

import dev.fovea.datasets.Box;
import dev.fovea.runtime.select.PatchSelection;
import dev.fovea.runtime.select.ScaleGrid;
import dev.fovea.runtime.select.ScoreRule;
import dev.fovea.runtime.select.Scores;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Selection recall: the share of a box's patches that a score map selects within the budget (paper, Table 9).
///
/// @param rule from maps to the scores of each high scale
/// @param counts patches selected at each
public record SelectionRecall(ScoreRule rule, List<Integer> counts) {
    /// Patches of one scale.
    ///
    /// @param indices ascending flat indices
    public record Selected(ScaleGrid grid, int[] indices) {}

    /// Side of the low-resolution grid.
    public int side() {
        return rule.side();
    }

    /// What the maps of one picture (side*side), one for all high scales or one for each, select at every scale;
    /// ties go to the lowest index.
    public List<Selected> byMaps(List<double[]> maps) {
        return top(rule.scores(maps, null));
    }

    private List<Selected> top(List<double[]> scores) {
        List<Selected> all = new ArrayList<>();
        for (int i = 0; i < scores.size(); i++) {
            all.add(new Selected(rule.grids().get(i), Scores.top(scores.get(i), counts.get(i))));
        }
        return all;
    }

    /// What random scores select at every scale.
    public List<Selected> random(long seed, long item) {
        return top(rule.random(scale -> PatchSelection.mix(seed, item, scale)));
    }

    /// Share of the box's patches, over all scales, that were selected.
    ///
    /// @param box in pixels of a square picture
    /// @param picture side of that picture in pixels
    public double recall(List<Selected> selected, Box box, int picture) {
        int inside = 0, found = 0;
        for (Selected s : selected) {
            boolean[] chosen = new boolean[s.grid().cells()];
            Arrays.stream(s.indices()).forEach(i -> chosen[i] = true);
            for (int i = 0; i < chosen.length; i++) {
                if (touches(s.grid(), i, box, picture)) {
                    inside++;
                    found += chosen[i] ? 1 : 0;
                }
            }
        }
        return inside == 0 ? Double.NaN : found / (double) inside;
    }

    private static boolean touches(ScaleGrid g, int cell, Box box, int picture) {
        double height = picture / (double) g.rows(), width = picture / (double) g.columns();
        double y = cell / g.columns() * height, x = cell % g.columns() * width;
        return box.x0() < x + width && box.x1() > x && box.y0() < y + height && box.y1() > y;
    }
}
