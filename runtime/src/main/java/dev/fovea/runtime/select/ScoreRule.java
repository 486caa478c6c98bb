package dev.fovea.runtime.select;

import dev.fovea.dsl.spec.ModelSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;

/// From maps on the low-resolution grid to the scores that patches are ranked by (ps3-spec 1.4).
///
/// @param side g, side of the low-resolution grid
/// @param smoothing applied last
public record ScoreRule(int side, List<ScaleGrid> grids, ModelSpec.Smooth smoothing) {
    /// Copies the list.
    public ScoreRule {
        grids = List.copyOf(grids);
    }

    /// Scores of each high scale.
    ///
    /// @param maps probabilities (g*g): one for all scales, or one for each
    /// @param coverage share of each patch of the first high grid inside the box, or null; a patch with any gets
    ///     score 1 at every scale
    public List<double[]> scores(List<double[]> maps, double @Nullable [] coverage) {
        List<double[]> all = new ArrayList<>();
        for (int i = 0; i < grids.size(); i++) {
            all.add(Scores.nearest(maps.get(Math.min(i, maps.size() - 1)), side, side, grids.get(i)));
        }
        return finish(all, coverage);
    }

    /// Overrides scores by a box and smooths them.
    List<double[]> finish(List<double[]> scores, double @Nullable [] coverage) {
        List<double[]> all = new ArrayList<>();
        ScaleGrid first = grids.getFirst();
        for (int i = 0; i < grids.size(); i++) {
            ScaleGrid grid = grids.get(i);
            if (coverage != null) {
                Scores.overrideWith(scores.get(i), Scores.nearest(coverage, first.rows(), first.columns(), grid));
            }
            all.add(
                    switch (smoothing) {
                        case NONE -> scores.get(i);
                        case AREA -> Scores.smooth(scores.get(i), grid);
                        case GAUSSIAN -> Scores.blur(scores.get(i), grid);
                    });
        }
        return all;
    }

    /// Scores drawn at random instead, as many as each high scale has patches.
    ///
    /// @param seed of each high scale
    public List<double[]> random(IntToLongFunction seed) {
        List<double[]> drawn = new ArrayList<>();
        for (int i = 0; i < grids.size(); i++) {
            SplittableRandom numbers = new SplittableRandom(seed.applyAsLong(i));
            drawn.add(numbers.doubles(grids.get(i).cells()).toArray());
        }
        return drawn;
    }
}
