package dev.fovea.datasets;

import dev.fovea.datasets.images.Crop;
import dev.fovea.datasets.images.Normalized;
import dev.fovea.datasets.images.Resizer;
import dev.fovea.dsl.spec.DataSpec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/// Writes one element's picture and box map into a batch.
final class Pixels {
    private final int side;
    private final float[] normalised;

    Pixels(DataSpec.Preprocess preprocess, int side) {
        this.side = side;
        this.normalised = Normalized.values(preprocess.mean(), preprocess.std());
    }

    /// Cuts, resizes and normalises: (3, S, S) planes.
    void picture(Picture picture, Crop crop, Batch batch, int element) {
        byte[] rgb = Resizer.resize(picture, crop, side, side);
        int plane = side * side;
        float[] values = new float[plane];
        for (int channel = 0; channel < 3; channel++) {
            for (int i = 0; i < plane; i++) {
                values[i] = normalised[rgb[3 * i + channel] & 255];
            }
            long at = Float.BYTES * (3L * element + channel) * plane;
            MemorySegment.copy(values, 0, batch.pixels(), ValueLayout.JAVA_FLOAT, at, plane);
        }
    }

    /// Ones in rows floor(y0) to ceil(y1) and columns floor(x0) to ceil(x1), both inclusive, of each box.
    void boxMap(List<Box> boxes, MemorySegment maps, int element) {
        float[] map = new float[side * side];
        for (Box box : boxes) {
            box.mark(map, side);
        }
        long at = Float.BYTES * (long) element * map.length;
        MemorySegment.copy(map, 0, maps, ValueLayout.JAVA_FLOAT, at, map.length);
    }
}
