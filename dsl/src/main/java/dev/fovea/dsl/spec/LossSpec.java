package dev.fovea.dsl.spec;

/// The training objective.
///
/// @param poolTokens which high-resolution tokens are pooled
/// @param selectWith which map selects patches while training
public record LossSpec(Contrast contrast, PoolTokens poolTokens, SelectWith selectWith, Box box) {
    /// @param type `siglip`: pairwise sigmoid
    /// @param initScale initial value of exp(logit_scale)
    /// @param initBias initial value of logit_bias
    public record Contrast(String type, double weight, double initScale, double initBias) {}

    /// Box supervision of the selection maps.
    ///
    /// @param prior weight of the bottom-up map's loss
    /// @param posterior weight of the top-down map's loss
    /// @param type `bce`
    public record Box(double prior, double posterior, String type) {}

    /// Which high-resolution tokens are pooled.
    public enum PoolTokens {
        INSIDE_BOX,
        ALL
    }

    /// Which map selects patches while training.
    public enum SelectWith {
        GROUND_TRUTH,
        STRATEGY
    }
}
