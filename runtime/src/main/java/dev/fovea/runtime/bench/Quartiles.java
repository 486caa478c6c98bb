package dev.fovea.runtime.bench;

import java.util.Arrays;

/// Median and quartiles of some samples.
///
/// @param low lower quartile
/// @param high upper quartile
record Quartiles(double low, double median, double high) {
    /// Of at least one sample; between two samples, the line between them.
    static Quartiles of(double... samples) {
        double[] sorted = samples.clone();
        Arrays.sort(sorted);
        return new Quartiles(at(sorted, 0.25), at(sorted, 0.5), at(sorted, 0.75));
    }

    private static double at(double[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
