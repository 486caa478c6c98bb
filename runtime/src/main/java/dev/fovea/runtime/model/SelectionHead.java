package dev.fovea.runtime.model;

import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.runtime.ir.GraphBuilder;
import dev.fovea.runtime.ir.ImageOp;
import dev.fovea.runtime.ir.LinearOp;
import dev.fovea.runtime.ir.MapOp;
import dev.fovea.runtime.ir.PointwiseOp;
import dev.fovea.runtime.ir.TokenOp;
import dev.fovea.runtime.ir.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Selection probabilities on the low-resolution grid from a prompt (ps3-spec 1.4). One map serves all scales,
/// so only
/// the first scale's outputs of the two projections are computed; the rest of their rows exist in the checkpoint.
///
/// Legend: B batch, g side of the low grid, D width, A channels and a x a grid of the auxiliary branch.
public final class SelectionHead {
    private static final double TEMPERATURE = 5;
    private final ModelSpec spec;
    private final GraphBuilder b;
    private final Parameters p;
    private final Layers layers;
    private final Value lowFeatures;
    private final @Nullable Value highFeatures;

    /// Appends the features both kinds of prompt are compared with.
    ///
    /// @param pixels (B,3,H,W)
    /// @param hidden outputs of the low pass's blocks (B,g*g,D)
    public SelectionHead(GraphBuilder b, Parameters p, ModelSpec spec, Value pixels, List<Value> hidden) {
        this.spec = spec;
        this.b = b;
        this.p = p;
        this.layers = new Layers(b, p);
        this.lowFeatures = project(hidden);
        ModelSpec.HighresFeature h = spec.ps3().select().highresFeature();
        this.highFeatures = h == null ? null : auxiliary(pixels, h);
    }

    /// The learned bottom-up prompt (D).
    public Value priorPrompt() {
        return p.get(
                "vision_model.prior_prompt", new Init.Normal(1), spec.vision().width());
    }

    /// prompt (1 or B rows, D) -> selection probability (B,g*g)
    public Value probability(Value prompt) {
        Value low = b.add(new MapOp.CosineScore(lowFeatures, prompt));
        Value high = highFeatures == null ? null : highScore(highFeatures, prompt);
        return b.add(new PointwiseOp.SelectionProbability(low, high, TEMPERATURE));
    }

    private int highScales() {
        return spec.ps3().scales().size() - 1;
    }

    /// hidden states (B,g*g,D) each -> features (B,g*g,D) of the first high scale
    private Value project(List<Value> hidden) {
        List<Value> chosen =
                spec.ps3().select().fromLayers().stream().map(hidden::get).toList();
        int d = spec.vision().width(), in = d * chosen.size();
        Value joined = b.add(new TokenOp.Concat(chosen, 2));
        return layers.normedMlp(joined, "vision_model.selection_feature_proj", in, in, d * highScales(), d);
    }

    /// pixels -> ConvNeXt features (B,a*a,A) of the picture at the branch's own resolution
    private Value auxiliary(Value pixels, ModelSpec.HighresFeature h) {
        String name = "vision_model.highres_selection_feature_module.";
        int side = h.resolution() / h.kernel(), fan = 3 * h.kernel() * h.kernel();
        Value patches = b.add(new ImageOp.CutPatches(pixels, null, h.resolution(), h.resolution(), h.kernel()));
        Value x = b.add(new LinearOp.Linear(
                patches,
                p.get(name + "stem.0.weight", new Init.Uniform(fan), h.hidden(), 3, h.kernel(), h.kernel()),
                p.get(name + "stem.0.bias", new Init.Uniform(fan), h.hidden())));
        x = layers.layerNorm(x, name + "stem.1", 1e-6);
        for (int j = 0; j < h.depth(); j++) {
            x = layers.convNext(x, name + "blocks." + j + ".", h.hidden(), side, side);
        }
        return b.add(new LinearOp.Linear(
                x,
                p.get(name + "out_proj.weight", new Init.Uniform(h.hidden()), h.out(), h.hidden(), 1, 1),
                p.get(name + "out_proj.bias", new Init.Uniform(h.hidden()), h.out())));
    }

    /// features (B,a*a,A), prompt -> cosines max-pooled to the low grid (B,g*g)
    private Value highScore(Value features, Value prompt) {
        int width = features.shape().dim(2),
                a = (int) Math.round(Math.sqrt(features.shape().dim(1)));
        int g = spec.ps3().scales().getFirst() / spec.vision().patch();
        Value projected = layers.firstOutputs(
                prompt, "vision_model.prompt_proj_for_highres", spec.vision().width(), width * highScales(), width);
        Value score = b.add(new MapOp.CosineScore(features, projected));
        return b.add(new MapOp.AdaptiveMaxPool(score, a, a, g, g));
    }
}
