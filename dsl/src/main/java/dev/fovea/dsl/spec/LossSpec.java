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
    /// @param priorTarget which boxes the bottom-up map is to find
    public record Box(double prior, double posterior, String type, PriorTarget priorTarget) {
        /// The bottom-up map finds the sampled box.
        public Box(double prior, double posterior, String type) {
            this(prior, posterior, type, PriorTarget.SAMPLED_BOX);
        }
    }

    /// Target of the bottom-up map.
    public enum PriorTarget {
        /// the boxes of the element's caption, as in the released code
        SAMPLED_BOX,
        /// every labelled box of the picture, as in the paper
        ALL_BOXES
    }

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
