package dev.fovea.dsl.spec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The two towers and what PS3 adds to the vision tower.
///
/// @param encoder how a picture becomes tokens at high resolution
public record ModelSpec(Vision vision, Ps3 ps3, Text text, Encoder encoder) {
    /// A model that selects patches.
    public ModelSpec(Vision vision, Ps3 ps3, Text text) {
        this(vision, ps3, text, new SelectedPatches());
    }

    /// The same with patches chosen otherwise.
    public ModelSpec with(Select other) {
        return new ModelSpec(vision, ps3.with(other), text, encoder);
    }

    /// Whether the model selects patches, so that there are selection maps.
    public boolean selects() {
        return encoder instanceof SelectedPatches;
    }

    /// How a picture becomes tokens at high resolution. All kinds run the same transformer; those that select
    /// nothing run it on tiles of the low scale's size and leave `ps3.select` unused (ps3-spec 4.1, 4.2).
    public sealed interface Encoder permits SelectedPatches, S2, AnyRes {}

    /// PS3 (`type: ps3`): the low scale, and selected patches of the high scales.
    public record SelectedPatches() implements Encoder {}

    /// S2 (`type: s2`): every scale in tiles of the low scale, one grid of features, scales side by side.
    ///
    /// @param size the scale whose grid all others are resized to
    public record S2(GridSize size) implements Encoder {}

    /// The common grid of S2: that of the largest scale (the paper), or of the smallest (the original S2).
    public enum GridSize {
        LARGEST,
        SMALLEST
    }

    /// AnyRes (`type: anyres`): the whole picture squashed to the low scale, and tiles of that size.
    ///
    /// @param maxTiles most tiles, the whole picture apart; 0 for as many as cover the largest scale
    /// @param grid how the grid of tiles is chosen for a picture
    /// @param merge order of the tokens
    public record AnyRes(int maxTiles, TileRule grid, Merge merge) implements Encoder {}

    /// How AnyRes chooses among grids of tiles: the largest effective resolution with the least waste (LLaVA), or
    /// the nearest aspect ratio (NVILA).
    public enum TileRule {
        BEST_FIT,
        NEAREST_ASPECT
    }

    /// Order of the tokens of AnyRes: tile after tile; row after row of the whole grid; or these without padding
    /// and with a learned token after each row.
    public enum Merge {
        FLAT,
        SPATIAL,
        SPATIAL_UNPAD
    }

    /// A vision transformer.
    ///
    /// @param type `vit`
    /// @param width embedding width D; also the width of the shared image-text space
    /// @param depth number of blocks
    /// @param heads attention heads; divides `width`
    /// @param mlp hidden width of each block's MLP
    /// @param patch side of a patch in pixels; divides every scale
    /// @param pool `map`: attention pooling with one latent query
    /// @param positions how the position table serves another grid
    /// @param positionSide side of the position table, or 0 for the low-resolution grid's own
    /// @param finalNorm whether a LayerNorm follows the last block
    /// @param adapter layers between the blocks and the pooling (C-RADIO), or null
    public record Vision(
            String type,
            int width,
            int depth,
            int heads,
            int mlp,
            int patch,
            String pool,
            Positions positions,
            int positionSide,
            boolean finalNorm,
            @Nullable Adapter adapter) {
        /// A tower as SigLIP has it: the table is resampled, a LayerNorm ends it, no adapter.
        public Vision(String type, int width, int depth, int heads, int mlp, int patch, String pool) {
            this(type, width, depth, heads, mlp, patch, pool, Positions.RESAMPLE, 0, true, null);
        }

        /// Width of the shared image-text space.
        public int sharedWidth() {
            return adapter == null ? width : adapter.out();
        }
    }

    /// How the position table serves a grid that is not its own.
    public enum Positions {
        RESAMPLE,
        CROP
    }

    /// Residual layers that bring tokens to the width of the pooling: C-RADIO's adapter.
    ///
    /// @param hidden width of the residual units
    /// @param units number of residual units
    /// @param out width after the adapter, that of the pooling and of the shared image-text space
    /// @param mlp hidden width of the pooling's MLP
    public record Adapter(int hidden, int units, int out, int mlp) {}

    /// Multi-scale encoding of selected patches.
    ///
    /// @param scales picture side in pixels for each pass, ascending; the first is the low-resolution pass
    /// @param lowResKvCache high-resolution tokens attend to the low-resolution keys and values
    /// @param separatePosEmb each high scale adds a learned position residual
    /// @param resizeAntialias whether pictures are resized to each scale with an antialiasing filter
    public record Ps3(
            List<Integer> scales,
            Select select,
            boolean lowResKvCache,
            boolean separatePosEmb,
            boolean resizeAntialias) {
        /// The same with patches chosen otherwise.
        public Ps3 with(Select other) {
            return new Ps3(scales, other, lowResKvCache, separatePosEmb, resizeAntialias);
        }
    }

    /// How patches are chosen.
    ///
    /// @param strategy which map ranks the patches
    /// @param fromLayers blocks whose outputs feed the selection head
    /// @param maxTokens patches selected in one look, over all high scales
    /// @param perScale budget of each high scale, or null to share `maxTokens` in proportion to pixels
    /// @param highresFeature the auxiliary convolutional branch, or null for none
    /// @param smooth how scores are smoothed before ranking
    /// @param temperature factor of the cosines before the sigmoid
    /// @param scoreMaps one map for all scales, or one for each
    /// @param firstScales how many high scales may give patches, from the smallest; 0 for all
    /// @param budgets arithmetic of budgets where scales run out or are excluded
    /// @param ties which of equal scores goes first
    public record Select(
            Strategy strategy,
            List<Integer> fromLayers,
            int maxTokens,
            @Nullable List<Integer> perScale,
            @Nullable HighresFeature highresFeature,
            Smooth smooth,
            double temperature,
            ScoreMaps scoreMaps,
            int firstScales,
            Budgets budgets,
            Ties ties) {
        /// One map for all scales, nothing smoothed, all scales allowed, exact budgets: the defaults.
        public Select(
                Strategy strategy,
                List<Integer> fromLayers,
                int maxTokens,
                @Nullable List<Integer> perScale,
                @Nullable HighresFeature highresFeature) {
            this(
                    strategy,
                    fromLayers,
                    maxTokens,
                    perScale,
                    highresFeature,
                    Smooth.NONE,
                    5,
                    ScoreMaps.SHARED,
                    0,
                    Budgets.EXACT,
                    Ties.LOWEST_INDEX);
        }

        /// The same with other budgets.
        public Select withBudgets(int tokens, @Nullable List<Integer> shares, Budgets arithmetic) {
            return new Select(
                    strategy,
                    fromLayers,
                    tokens,
                    shares,
                    highresFeature,
                    smooth,
                    temperature,
                    scoreMaps,
                    firstScales,
                    arithmetic,
                    ties);
        }

        /// The same with other scores.
        public Select withScores(Smooth smoothing, ScoreMaps maps) {
            return new Select(
                    strategy,
                    fromLayers,
                    maxTokens,
                    perScale,
                    highresFeature,
                    smoothing,
                    temperature,
                    maps,
                    firstScales,
                    budgets,
                    ties);
        }

        /// The same with only the first so many high scales, 0 for all.
        public Select withFirstScales(int allowed) {
            return new Select(
                    strategy,
                    fromLayers,
                    maxTokens,
                    perScale,
                    highresFeature,
                    smooth,
                    temperature,
                    scoreMaps,
                    allowed,
                    budgets,
                    ties);
        }
    }

    /// How scores are smoothed.
    public enum Smooth {
        NONE,
        AREA,
        GAUSSIAN
    }

    /// Whose score map a scale is ranked by.
    public enum ScoreMaps {
        SHARED,
        PER_SCALE
    }

    /// Arithmetic of budgets: exact to the token, or that of the released code, which loses and leaks some.
    public enum Budgets {
        EXACT,
        RELEASED
    }

    /// Order of equal scores.
    public enum Ties {
        LOWEST_INDEX,
        RANDOM
    }

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
    /// @param fusion `mean`: the cosines of both branches are averaged
    public record HighresFeature(int resolution, int hidden, int out, int depth, int kernel, String fusion) {}

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
