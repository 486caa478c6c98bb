package dev.fovea.reports.plot;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One scene with what the model would look at.
///
/// @param key name of the sample
/// @param caption the text of the ground-truth box
/// @param width picture width in pixels; a reduced copy of a large scene serves well
/// @param height picture height in pixels
/// @param rgb the picture, row-major, three unsigned bytes per pixel
/// @param box ground-truth box in pixels of this picture, or null where nothing is known of it
/// @param layers selection scores, e.g. bottom-up then top-down
public record SelectionSample(
        String key,
        String caption,
        int width,
        int height,
        byte[] rgb,
        @Nullable Box box,
        List<MapLayer> layers) {
    public SelectionSample {
        if (width < 1 || height < 1 || rgb.length != 3L * width * height) {
            throw new IllegalArgumentException("sample " + key + ": " + rgb.length + " bytes for " + width + " x "
                    + height + " pixels of three bytes");
        }
        layers = List.copyOf(layers);
    }

    /// Corners of a box in pixels, y downwards; x1 and y1 are exclusive.
    public record Box(double x0, double y0, double x1, double y1) {
        public Box {
            if (!(x0 <= x1 && y0 <= y1)) {
                throw new IllegalArgumentException("box (" + x0 + ", " + y0 + ") to (" + x1 + ", " + y1 + ")");
            }
        }
    }

    /// Scores of one way to select, on a coarse grid over the whole picture, and the patches it selected.
    ///
    /// @param name what selects: `bottom-up`, `top-down`
    /// @param rows grid rows
    /// @param columns grid columns
    /// @param probability scores from 0 to 1, row-major (rows, columns)
    /// @param selectedPatches selected patches as (scaleRows, scaleColumns, flatIndex); may be empty
    public record MapLayer(String name, int rows, int columns, double[] probability, List<int[]> selectedPatches) {
        public MapLayer {
            if (rows < 1 || columns < 1 || probability.length != (long) rows * columns) {
                throw new IllegalArgumentException(
                        "layer " + name + ": " + probability.length + " scores for " + rows + " x " + columns);
            }
            for (int[] patch : selectedPatches) {
                if (patch.length != 3 || patch[2] < 0 || patch[2] >= (long) patch[0] * patch[1]) {
                    throw new IllegalArgumentException("layer " + name + ": patch " + java.util.Arrays.toString(patch)
                            + " is not (rows, columns, index below their product)");
                }
            }
            selectedPatches = List.copyOf(selectedPatches);
        }
    }
}
