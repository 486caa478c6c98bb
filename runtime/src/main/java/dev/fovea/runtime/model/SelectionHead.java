package dev.fovea.runtime.model;

import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.runtime.ir.GraphBuilder;
import dev.fovea.runtime.ir.ImageOp;
import dev.fovea.runtime.ir.LinearOp;
import dev.fovea.runtime.ir.MapOp;
import dev.fovea.runtime.ir.PointwiseOp;
import dev.fovea.runtime.ir.TokenOp;
import dev.fovea.runtime.ir.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Selection probabilities on the low-resolution grid from a prompt (ps3-spec 1.4). Where one map serves all
/// scales, only the first scale's outputs of the two projections are computed; the rest of their rows exist in the
/// checkpoint.
///
/// Legend: B batch, g side of the low grid, D width, A channels and a x a grid of the auxiliary branch.
public final class SelectionHead {
    private final ModelSpec spec;
    private final GraphBuilder b;
    private final Parameters p;
    private final Layers layers;
    private final Value joined;
    private final Value projected;
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
        this.joined = join(hidden);
        this.projected = project(joined);
        ModelSpec.HighresFeature h = spec.ps3().select().highresFeature();
        this.highFeatures = h == null ? null : auxiliary(pixels, h);
    }

    /// The learned bottom-up prompt (D).
    public Value priorPrompt() {
        return p.get(
                "vision_model.prior_prompt", new Init.Normal(1), spec.vision().width());
    }

    /// The hidden states that feed the head, joined along the width (B,g*g,layers*D).
    public Value joined() {
        return joined;
    }

    /// What prompts are compared with (B,g*g,maps*D), scale by scale.
    public Value projected() {
        return projected;
    }

    /// Features of the auxiliary branch (B,a*a,A), or null without one.
    public @Nullable Value highFeatures() {
        return highFeatures;
    }

    /// How many maps there are: one for all scales, or one for each.
    public int maps() {
        return spec.ps3().select().scoreMaps() == ModelSpec.ScoreMaps.SHARED ? 1 : highScales();
    }

    /// prompt (1 or B rows, D) -> selection probabilities (B,g*g), one for each map
    public List<Value> probabilities(Value prompt) {
        List<Value> high = highFeatures == null ? List.of() : highScores(highFeatures, prompt);
        List<Value> all = new ArrayList<>();
        for (int i = 0; i < maps(); i++) {
            Value low = b.add(new MapOp.CosineScore(part(projected, i), prompt));
            Value other = high.isEmpty() ? null : high.get(i);
            all.add(b.add(new PointwiseOp.SelectionProbability(
                    low, other, spec.ps3().select().temperature())));
        }
        return all;
    }

    /// Part `i` of as many equal parts of x along its last axis as there are maps.
    private Value part(Value x, int i) {
        int axis = x.shape().rank() - 1, width = x.shape().dim(axis) / maps();
        return maps() == 1 ? x : b.add(new TokenOp.Slice(x, axis, i * width, width));
    }

    private int highScales() {
        return spec.ps3().scales().size() - 1;
    }

    private Value join(List<Value> hidden) {
        List<Value> chosen =
                spec.ps3().select().fromLayers().stream().map(hidden::get).toList();
        return b.add(new TokenOp.Concat(chosen, 2));
    }

    /// joined hidden states (B,g*g,layers*D) -> features (B,g*g,maps*D)
    private Value project(Value joined) {
        int d = spec.vision().width(), in = joined.shape().dim(2);
        return layers.normedMlp(joined, "vision_model.selection_feature_proj", in, in, d * highScales(), d * maps());
    }

    /// pixels -> ConvNeXt features (B,a*a,A) of the picture at the branch's own resolution
    private Value auxiliary(Value pixels, ModelSpec.HighresFeature h) {
        String name = "vision_model.highres_selection_feature_module.";
        int side = h.resolution() / h.kernel(), fan = 3 * h.kernel() * h.kernel();
        Value patches = b.add(new ImageOp.CutPatches(
                pixels,
                null,
                h.resolution(),
                h.resolution(),
                h.kernel(),
                spec.ps3().resizeAntialias()));
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

    /// features (B,a*a,A), prompt -> cosines max-pooled to the low grid (B,g*g), one for each map
    private List<Value> highScores(Value features, Value prompt) {
        int width = features.shape().dim(2),
                a = (int) Math.round(Math.sqrt(features.shape().dim(1)));
        int g = spec.ps3().scales().getFirst() / spec.vision().patch();
        Value all = layers.firstOutputs(
                prompt,
                "vision_model.prompt_proj_for_highres",
                spec.vision().width(),
                width * highScales(),
                width * maps());
        List<Value> scores = new ArrayList<>();
        for (int i = 0; i < maps(); i++) {
            Value score = b.add(new MapOp.CosineScore(features, part(all, i)));
            scores.add(b.add(new MapOp.AdaptiveMaxPool(score, a, a, g, g)));
        }
        return scores;
    }
}
