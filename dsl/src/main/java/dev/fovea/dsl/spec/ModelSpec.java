package dev.fovea.dsl.spec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The two towers and what PS3 adds to the vision tower.
public record ModelSpec(Vision vision, Ps3 ps3, Text text) {
    /// A vision transformer.
    ///
    /// @param type `vit`
    /// @param width embedding width D; also the width of the shared image-text space
    /// @param depth number of blocks
    /// @param heads attention heads; divides `width`
    /// @param mlp hidden width of each block's MLP
    /// @param patch side of a patch in pixels; divides every scale
    /// @param pool `map`: attention pooling with one latent query
    public record Vision(String type, int width, int depth, int heads, int mlp, int patch, String pool) {}

    /// Multi-scale encoding of selected patches.
    ///
    /// @param scales picture side in pixels for each pass, ascending; the first is the low-resolution pass
    /// @param lowResKvCache high-resolution tokens attend to the low-resolution keys and values
    /// @param separatePosEmb each high scale adds a learned position residual
    public record Ps3(List<Integer> scales, Select select, boolean lowResKvCache, boolean separatePosEmb) {}

    /// How patches are chosen.
    ///
    /// @param strategy which map ranks the patches
    /// @param fromLayers blocks whose outputs feed the selection head
    /// @param maxTokens patches selected in one look, over all high scales
    /// @param perScale budget of each high scale, or null to share `maxTokens` in proportion to pixels
    /// @param highresFeature the auxiliary convolutional branch, or null for none
    /// @param smooth average the map over a 6x6 grid before ranking
    public record Select(
            Strategy strategy,
            List<Integer> fromLayers,
            int maxTokens,
            @Nullable List<Integer> perScale,
            @Nullable HighresFeature highresFeature,
            boolean smooth) {}

    /// Which score ranks the patches.
    public enum Strategy {
        TOP_DOWN,
        BOTTOM_UP,
        GROUND_TRUTH,
        RANDOM
    }

    /// The auxiliary branch: a shallow ConvNeXt over the picture at one fixed resolution.
    ///
    /// @param resolution picture side in pixels (1512 in the released models)
    /// @param hidden channels of the blocks
    /// @param out channels of its output
    /// @param depth number of blocks
    /// @param kernel side and stride of the stem convolution in pixels; divides `resolution`
    public record HighresFeature(int resolution, int hidden, int out, int depth, int kernel) {}

    /// The text transformer.
    ///
    /// @param type `transformer`
    /// @param context tokens in a text
    /// @param vocab rows of the embedding table; at least the tokenizer's size
    /// @param pool `last`: the output at the last position; `argmax`: at the first position of the highest token
    /// @param gelu exact (`erf`) or `tanh` approximation
    /// @param causal whether a token sees only earlier ones
    /// @param normEps added to the variance in every LayerNorm of the tower
    /// @param projBias whether the projection to the shared space is a linear layer with bias; else a plain matrix
    ///     (width, shared width) as CLIP stores it
    public record Text(
            String type,
            int width,
            int depth,
            int heads,
            int mlp,
            int context,
            int vocab,
            String pool,
            Gelu gelu,
            boolean causal,
            double normEps,
            boolean projBias) {
        /// A tower with SigLIP's norms and projection: eps 1e-6, with bias.
        public Text(
                String type,
                int width,
                int depth,
                int heads,
                int mlp,
                int context,
                int vocab,
                String pool,
                Gelu gelu,
                boolean causal) {
            this(type, width, depth, heads, mlp, context, vocab, pool, gelu, causal, 1e-6, true);
        }
    }

    /// The two forms of GELU.
    public enum Gelu {
        ERF,
        TANH
    }
}
