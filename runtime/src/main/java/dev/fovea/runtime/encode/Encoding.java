package dev.fovea.runtime.encode;

import dev.fovea.runtime.select.ScaleGrid;
import java.util.Arrays;
import java.util.List;

/// What encoding one picture found.
///
/// Legend: g side of the low-resolution grid, D width, N selected patches over all rounds.
///
/// @param low maps, scores and pooled feature of the low-resolution pass
/// @param rounds patches of each round, one ascending list of flat indices for each high scale
/// @param selected patches of all rounds together, one ascending list for each high scale
/// @param hidden outputs of the last blocks that were asked for, in order: (g*g + N, D), the low-resolution tokens
///     row-major, then the selected ones by scale, row and column; before the final LayerNorm
/// @param roundPooled attention-pooled high-resolution tokens of each round
public record Encoding(
        LowResult low,
        List<List<int[]>> rounds,
        List<int[]> selected,
        List<float[]> hidden,
        List<double[]> roundPooled) {

    /// What the low-resolution pass leaves.
    ///
    /// @param side g
    /// @param grids grids of the high scales
    /// @param priorMaps bottom-up probabilities (g*g): one for all scales or one for each
    /// @param posteriorMaps top-down ones likewise; empty without a prompt
    /// @param scores what patches of each high scale are ranked by (cells)
    /// @param pooled attention-pooled low-resolution tokens
    /// @param hidden outputs of the last blocks that were asked for (g*g, D)
    public record LowResult(
            int side,
            List<ScaleGrid> grids,
            List<double[]> priorMaps,
            List<double[]> posteriorMaps,
            List<double[]> scores,
            double[] pooled,
            List<double[]> hidden) {}

    /// Features of one scale as a map (rows, columns, D), zero where nothing was selected.
    ///
    /// @param layer index into `hidden`
    /// @param scale 0 for the low-resolution pass, then the high scales
    public float[] featureMap(int layer, int scale) {
        float[] all = hidden.get(layer);
        int cells = low.side() * low.side();
        int rows = cells + selected.stream().mapToInt(s -> s.length).sum(), width = all.length / rows;
        if (scale == 0) {
            return Arrays.copyOf(all, cells * width);
        }
        int from = cells;
        for (int i = 0; i < scale - 1; i++) {
            from += selected.get(i).length;
        }
        float[] map = new float[low.grids().get(scale - 1).cells() * width];
        int[] at = selected.get(scale - 1);
        for (int k = 0; k < at.length; k++) {
            System.arraycopy(all, (from + k) * width, map, at[k] * width, width);
        }
        return map;
    }
}
