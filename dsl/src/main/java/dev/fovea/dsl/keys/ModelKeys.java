package dev.fovea.dsl.keys;

import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.dsl.spec.ModelSpec.Adapter;
import dev.fovea.dsl.spec.ModelSpec.Budgets;
import dev.fovea.dsl.spec.ModelSpec.Gelu;
import dev.fovea.dsl.spec.ModelSpec.HighresFeature;
import dev.fovea.dsl.spec.ModelSpec.Positions;
import dev.fovea.dsl.spec.ModelSpec.Ps3;
import dev.fovea.dsl.spec.ModelSpec.ScoreMaps;
import dev.fovea.dsl.spec.ModelSpec.Select;
import dev.fovea.dsl.spec.ModelSpec.Smooth;
import dev.fovea.dsl.spec.ModelSpec.Strategy;
import dev.fovea.dsl.spec.ModelSpec.Text;
import dev.fovea.dsl.spec.ModelSpec.Ties;
import dev.fovea.dsl.spec.ModelSpec.Vision;

/// The keys under `model`. Examples are those of the released 1.5K model.
final class ModelKeys {
    private static final int WIDEST = 65_536;

    private ModelKeys() {}

    static void fill(Table t) {
        Table.Of model = t.of(ModelSpec.class);
        model.key("vision", "The vision transformer.");
        model.key("ps3", "What PS3 adds to it: several scales, encoded where it matters.");
        model.key("text", "The text transformer.");
        model.key(
                        "encoder",
                        "How a picture becomes tokens: `ps3` selects patches; the baselines `s2` and `anyres` encode"
                                + " all of it in tiles of the low scale, and use neither `ps3.select` nor `loss.box`.")
                .or("ps3")
                .example("{type: s2}");
        encoders(t);
        vision(t.of(Vision.class));
        adapter(t.of(Adapter.class));
        ps3(t.of(Ps3.class));
        select(t.of(Select.class));
        highresFeature(t.of(HighresFeature.class));
        text(t.of(Text.class));
    }

    private static void vision(Table.Of t) {
        t.key("type", "Kind of vision tower: a pre-norm vision transformer.")
                .oneOf("vit")
                .or("vit");
        t.key("width", "Embedding width; also the width of the shared image-text space.")
                .from(1)
                .to(WIDEST)
                .example("1152");
        t.key("depth", "Number of transformer blocks.").from(1).to(512).example("27");
        t.key("heads", "Attention heads; must divide width.").from(1).to(1024).example("16");
        t.key("mlp", "Hidden width of each block's MLP.").from(1).to(4 * WIDEST).example("4304");
        t.key("patch", "Side of a patch in pixels; must divide every scale.")
                .from(1)
                .to(1024)
                .example("14");
        t.key("pool", "How tokens become one vector: `map` is attention pooling with one latent query.")
                .oneOf("map")
                .or("map");
        t.key(
                        "positions",
                        "How the position table serves another grid: `resample` it (SigLIP), or `crop` its top-left"
                                + " corner (C-RADIO).")
                .or(Positions.RESAMPLE);
        t.key("positionSide", "Side of the position table in patches; `auto` is that of the low-resolution grid.")
                .from(0)
                .to(WIDEST)
                .word("auto", 0)
                .example("256");
        t.key("finalNorm", "Whether a LayerNorm follows the last block (C-RADIO has none).")
                .or(true);
        t.key("adapter", "Layers between the blocks and the pooling, as C-RADIO has them; `none` for no adapter.")
                .word("none", null);
    }

    private static void encoders(Table t) {
        t.variant(ModelSpec.SelectedPatches.class, "ps3");
        t.variant(ModelSpec.S2.class, "s2");
        t.variant(ModelSpec.AnyRes.class, "anyres");
        t.of(ModelSpec.S2.class)
                .key(
                        "size",
                        "Scale whose grid the features of all scales are resized to: the `largest` (paper), or the"
                                + " `smallest` (original S2).")
                .or(ModelSpec.GridSize.LARGEST);
        Table.Of anyRes = t.of(ModelSpec.AnyRes.class);
        anyRes.key(
                        "maxTiles",
                        "Most tiles of a picture, the whole picture apart; `auto` is as many as cover the largest scale.")
                .from(0)
                .to(4096)
                .word("auto", 0)
                .example("9");
        anyRes.key(
                        "grid",
                        "How the grid of tiles is chosen: `best-fit` takes the largest effective resolution with the"
                                + " least waste (LLaVA), `nearest-aspect` the nearest aspect ratio (NVILA).")
                .or(ModelSpec.TileRule.BEST_FIT);
        anyRes.key(
                        "merge",
                        "Order of the tokens: `flat` goes tile by tile, `spatial` row by row, `spatial-unpad` also"
                                + " drops padding and ends each row with a learned token.")
                .or(ModelSpec.Merge.SPATIAL);
    }

    private static void adapter(Table.Of t) {
        t.key("hidden", "Width of its residual units.").from(1).to(WIDEST).or(1520);
        t.key("units", "Number of its residual units.").from(0).to(64).or(3);
        t.key("out", "Width after it: that of the pooling and of the shared image-text space; heads divide it.")
                .from(1)
                .to(WIDEST)
                .or(1152);
        t.key("mlp", "Hidden width of the pooling's MLP.")
                .from(1)
                .to(4 * WIDEST)
                .or(4304);
    }

    private static void ps3(Table.Of t) {
        t.key(
                        "scales",
                        "Side of the picture in pixels for each pass, ascending. The first is the low-resolution pass;"
                                + " the others must be multiples of it. Only baselines do with one alone.")
                .from(1)
                .to(32_768)
                .items(1, 8)
                .example("[378, 756, 1512]");
        t.key("select", "How high-resolution patches are chosen.");
        t.key(
                        "lowResKvCache",
                        "High-resolution tokens also attend to the low-resolution keys and values of each block.")
                .or(true);
        t.key("separatePosEmb", "Each high scale adds a learned position residual of its own, zero at first.")
                .or(true);
        t.key(
                        "resizeAntialias",
                        "Resize pictures to each scale with antialiasing; the released weights were trained without.")
                .or(false);
    }

    private static void select(Table.Of t) {
        t.key(
                        "strategy",
                        "Which score ranks the patches: `top-down` from the text, `bottom-up` from a learned prompt,"
                                + " `ground-truth` from the boxes, `random`.")
                .or(Strategy.TOP_DOWN);
        t.key("fromLayers", "Blocks whose outputs feed the selection head, counted from 0, ascending.")
                .from(0)
                .to(511)
                .items(1, 32)
                .example("[0, 9, 18, 26]");
        t.key("maxTokens", "Patches selected in one look, over all high scales together.")
                .from(1)
                .to(1 << 24)
                .example("2560");
        t.key(
                        "perScale",
                        "Budget of each high scale, adding up to max_tokens; `auto` shares it in proportion to pixels.")
                .from(0)
                .to(1 << 24)
                .items(1, 7)
                .word("auto", null)
                .example("[512, 2048]");
        t.key(
                        "highresFeature",
                        "Auxiliary convolutional branch whose features sharpen the scores; `none` for no branch.")
                .word("none", null);
        t.key(
                        "smooth",
                        "Smooth the scores before ranking: `area` averages over a 6x6 grid (released code), `gaussian`"
                                + " blurs with a deviation of a twelfth of the longer side (paper).")
                .or(Smooth.NONE);
        t.key("temperature", "Factor of the cosines before the sigmoid.")
                .above(0)
                .to(1000)
                .or(5.0);
        t.key(
                        "scoreMaps",
                        "Whether all scales share the first scale's map (released code), or each has one of its own.")
                .or(ScoreMaps.SHARED);
        t.key("firstScales", "How many high scales may give patches, from the smallest; `all` excludes none.")
                .from(0)
                .to(7)
                .word("all", 0)
                .example("2");
        t.key(
                        "budgets",
                        "Arithmetic where a scale runs out of patches or is excluded: `exact` to the token, or `released`"
                                + " as in the released code, which loses some and leaks some to excluded scales.")
                .or(Budgets.EXACT);
        t.key("ties", "Which of equal scores goes first: the `lowest-index`, or a `random` one of the seed's.")
                .or(Ties.LOWEST_INDEX);
    }

    private static void highresFeature(Table.Of t) {
        t.key("resolution", "Side of the picture that the branch sees, in pixels.")
                .from(1)
                .to(32_768)
                .or(1512);
        t.key("hidden", "Channels of its ConvNeXt blocks.").from(1).to(WIDEST).or(512);
        t.key("out", "Channels of its output.").from(1).to(WIDEST).or(512);
        t.key("depth", "Number of its blocks.").from(0).to(512).or(3);
        t.key("kernel", "Side and stride of its first convolution in pixels; must divide resolution.")
                .from(1)
                .to(1024)
                .or(28);
        t.key("fusion", "How its cosines join those of the low-resolution features: their `mean`.")
                .oneOf("mean")
                .or("mean");
    }

    private static void text(Table.Of t) {
        t.key("type", "Kind of text tower: a pre-norm transformer.")
                .oneOf("transformer")
                .or("transformer");
        t.key("width", "Embedding width.").from(1).to(WIDEST).example("1152");
        t.key("depth", "Number of transformer blocks.").from(1).to(512).example("27");
        t.key("heads", "Attention heads; must divide width.").from(1).to(1024).example("16");
        t.key("mlp", "Hidden width of each block's MLP.").from(1).to(4 * WIDEST).example("4304");
        t.key("context", "Tokens in a text; longer texts are cut, shorter ones padded.")
                .from(1)
                .to(65_536)
                .example("64");
        t.key("vocab", "Rows of the embedding table; at least the tokenizer's size.")
                .from(4)
                .to(1 << 24)
                .example("32000");
        t.key(
                        "pool",
                        "How tokens become one vector: `last` takes the last position, `argmax` the first position of"
                                + " the highest token number (CLIP's end of text).")
                .oneOf("last", "argmax")
                .or("last");
        t.key("gelu", "Form of GELU: exact (`erf`, SigLIP) or approximated (`tanh`, SigLIP 2).")
                .or(Gelu.ERF);
        t.key("causal", "Whether a token sees only the tokens before it.").or(false);
        t.key("normEps", "Added to the variance in every LayerNorm of the tower (SigLIP 1e-6, CLIP 1e-5).")
                .above(0)
                .to(1)
                .or(1e-6);
        t.key(
                        "projBias",
                        "Whether the projection to the shared space is a linear layer with bias (SigLIP) or a plain"
                                + " matrix (CLIP).")
                .or(true);
    }
}
