package dev.fovea.runtime.train;

import dev.fovea.datasets.Box;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/// A picture with what the selection maps say about one of its regions, kept for the heat maps.
///
/// @param side picture side in pixels
/// @param rgb the picture, interleaved and row-major
/// @param box the region asked for
record SelectionSample(String key, String caption, int side, byte[] rgb, Box box, List<Layer> layers) {
    /// One map.
    ///
    /// @param side side of the low-resolution grid
    /// @param probability of each cell
    /// @param selected patches it selects at each scale
    record Layer(String name, int side, double[] probability, List<SelectionRecall.Selected> selected) {}

    /// Picture `index` of normalised pixels (B,3,S,S) as bytes.
    static byte[] picture(MemorySegment pixels, int index, int side, double mean, double std) {
        byte[] rgb = new byte[side * side * 3];
        for (int i = 0; i < rgb.length; i++) {
            long at = ((long) index * 3 + i % 3) * side * side + i / 3;
            double value = pixels.getAtIndex(ValueLayout.JAVA_FLOAT, at) * std + mean;
            rgb[i] = (byte) Math.clamp(Math.round(value * 255), 0, 255);
        }
        return rgb;
    }
}
