package dev.fovea.dsl.spec;

import java.util.List;

/// AdamW with decoupled weight decay; no decay for tensors of rank below 2, norms, biases and the logit scale.
///
/// @param type `adamw`
/// @param lr peak learning rate
/// @param betas decay rates of the two moments
/// @param gradClip largest global gradient norm; 0 for no clipping
/// @param train which parameters are trained
public record OptimSpec(
        String type, double lr, List<Double> betas, double eps, double weightDecay, double gradClip, Trained train) {
    /// Trains everything.
    public OptimSpec(String type, double lr, List<Double> betas, double eps, double weightDecay, double gradClip) {
        this(type, lr, betas, eps, weightDecay, gradClip, Trained.ALL);
    }

    /// Which parameters are trained.
    public enum Trained {
        ALL,
        SELECTION
    }
}
