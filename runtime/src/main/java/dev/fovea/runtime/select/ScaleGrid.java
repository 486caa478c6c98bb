package dev.fovea.runtime.select;

import java.util.ArrayList;
import java.util.List;

/// The patch grid of a high scale for pictures of one size (ps3-spec 1.7).
///
/// @param height picture height in pixels at this scale
/// @param width picture width in pixels at this scale
/// @param rows patches down
/// @param columns patches across
public record ScaleGrid(int height, int width, int rows, int columns) {
    /// Patches of the grid.
    public int cells() {
        return rows * columns;
    }

    /// Grids of the high scales (all but the first) for pictures of the given size: the longer side is the low
    /// scale
    /// times the whole zoom, the shorter one the matching multiple of patch times zoom.
    public static List<ScaleGrid> of(List<Integer> scales, int patch, int imageHeight, int imageWidth) {
        List<ScaleGrid> grids = new ArrayList<>();
        int low = scales.getFirst();
        for (int scale : scales.subList(1, scales.size())) {
            int zoom = scale / low, longer = low * zoom;
            int shortSide = Math.min(imageHeight, imageWidth), longSide = Math.max(imageHeight, imageWidth);
            int shorter = Math.max((int) ((double) low / longSide * shortSide) / patch, 1) * patch * zoom;
            int h = imageHeight >= imageWidth ? longer : shorter, w = imageHeight >= imageWidth ? shorter : longer;
            grids.add(new ScaleGrid(h, w, h / patch, w / patch));
        }
        return List.copyOf(grids);
    }
}
