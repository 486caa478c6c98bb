package dev.fovea.runtime.checkpoint;

import java.util.List;

/// How pictures become input (ps3-spec 1.1): squashed to a square, scaled to [0,1], normalised per channel.
///
/// @param size side of the square in pixels
/// @param mean of each channel
/// @param std of each channel
/// @param interpolation `bicubic` in all released models
/// @param resizeMode `squash`: the aspect ratio is not kept
public record Preprocessing(int size, List<Double> mean, List<Double> std, String interpolation, String resizeMode) {
    /// Copies the lists.
    public Preprocessing {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
    }

    /// What SigLIP models want: one mean and one deviation for all channels.
    public static Preprocessing of(int size, double mean, double std) {
        return new Preprocessing(size, List.of(mean, mean, mean), List.of(std, std, std), "bicubic", "squash");
    }
}
