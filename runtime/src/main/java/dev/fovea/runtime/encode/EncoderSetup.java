package dev.fovea.runtime.encode;

import dev.fovea.dsl.spec.ModelSpec;

/// What an encoder is made for.
///
/// @param height of the pictures in pixels
/// @param width of the pictures in pixels
/// @param strategy which map ranks the patches; `top-down` needs a prompt
/// @param prompted whether pictures come with a prompt
/// @param boxed whether pictures come with a map of boxes that overrides the scores
/// @param layers how many of the last blocks' outputs are kept, at least 1
/// @param seed of random selection and random ties
public record EncoderSetup(
        ModelSpec model,
        int height,
        int width,
        ModelSpec.Strategy strategy,
        boolean prompted,
        boolean boxed,
        int layers,
        long seed) {
    /// @throws IllegalArgumentException if the model has fewer blocks than layers are asked for, or there is no
    ///     prompt for `top-down`
    public EncoderSetup {
        if (layers < 1 || layers > model.vision().depth()) {
            throw new IllegalArgumentException(
                    layers + " layers of a model with " + model.vision().depth() + " blocks");
        }
        if (strategy == ModelSpec.Strategy.TOP_DOWN && !prompted) {
            throw new IllegalArgumentException("top-down selection needs a prompt");
        }
        if (strategy == ModelSpec.Strategy.GROUND_TRUTH && !boxed) {
            throw new IllegalArgumentException("ground-truth selection needs boxes");
        }
    }
}
