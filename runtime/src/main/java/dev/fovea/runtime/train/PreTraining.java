package dev.fovea.runtime.train;

import dev.fovea.dsl.spec.LossSpec;
import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.dsl.spec.OptimSpec;
import dev.fovea.runtime.autodiff.Autodiff;
import dev.fovea.runtime.ir.DType;
import dev.fovea.runtime.ir.Graph;
import dev.fovea.runtime.ir.GraphBuilder;
import dev.fovea.runtime.ir.ImageOp;
import dev.fovea.runtime.ir.LossOp;
import dev.fovea.runtime.ir.MapOp;
import dev.fovea.runtime.ir.MeasureOp;
import dev.fovea.runtime.ir.NormOp;
import dev.fovea.runtime.ir.Pass;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.ir.UpdateOp;
import dev.fovea.runtime.ir.Value;
import dev.fovea.runtime.model.Init;
import dev.fovea.runtime.model.Parameters;
import dev.fovea.runtime.model.Ps3;
import dev.fovea.runtime.model.TextTower;
import dev.fovea.runtime.model.TiledPicture;
import dev.fovea.runtime.select.ScaleGrid;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// PS3 pre-training as one graph (ps3-spec 2.3, 2.4, 2.5): a batch of (picture, box, text) to losses, gradients
/// and AdamW
/// updates; or, without an optimizer, to features and selection maps for evaluation.
///
/// Inputs by name: `pixels` (B,3,H,W), `box_map` (B,H,W), `tokens` I32 (B,T), `global` (B), `step` (), and for
/// training
/// `prior_box_map` (B,H,W) if the bottom-up map is to find all boxes, `rates` (3) as [UpdateOp.AdamW] wants them
/// and `one` (), the number 1. Results by name: `image_features` and
/// `text_features` (B,D) of unit length, `prior_map` and `posterior_map` (B,g*g), and for training `loss`, its
/// parts
/// `contrastive_loss`, `prior_box_loss`, `posterior_box_loss`, and `grad_norm`. A baseline that selects no
/// patches has neither maps nor their losses.
public final class PreTraining {
    /// Prefixes of the names of optimizer state in the store.
    public static final String FIRST = "optim.first.", SECOND = "optim.second.";

    /// Beginnings of the names of what selects patches.
    private static final List<String> SELECTION = List.of(
            "vision_model.prior_prompt",
            "vision_model.selection_feature_proj.",
            "vision_model.highres_selection_feature_module.",
            "vision_model.prompt_proj_for_highres.",
            "text_model.prompt_proj.");

    /// Names of the maps among the results; with a map for each high scale, those after the first end in `.1`
    /// and so on.
    static final String PRIOR_MAP = "prior_map", POSTERIOR_MAP = "posterior_map";

    private static final double LOGIT_SCALE_LIMIT = Math.log(100);
    private final GraphBuilder b = new GraphBuilder();
    private final Parameters p = new Parameters(b);
    private final ModelSpec model;
    private final LossSpec loss;
    private final Size size;
    private final Map<Value, Value> gradients = new LinkedHashMap<>();
    private final List<String> untrained = new ArrayList<>();

    /// Size of a batch.
    ///
    /// @param batch B
    /// @param height H in pixels
    /// @param width W in pixels
    public record Size(int batch, int height, int width) {}

    /// The finished graph.
    ///
    /// @param parameters the model's parameters by checkpoint name, without optimizer state
    /// @param gradients name of a parameter to its gradient
    /// @param untrained parameters that the loss does not reach
    /// @param look the model's values, for tests and probes; null where nothing is selected
    public record Built(
            Graph graph,
            SequencedMap<String, Parameters.Recipe> parameters,
            SequencedMap<String, Value> gradients,
            List<String> untrained,
            Ps3.@Nullable Look look) {}

    private PreTraining(ModelSpec model, LossSpec loss, Size size) {
        this.model = model;
        this.loss = loss;
        this.size = size;
    }

    /// The graph of one step; without `optim` the graph of an evaluation.
    ///
    /// @param keep gradients to keep as results named `grad.<parameter>`, for tests
    public static Built build(ModelSpec model, LossSpec loss, Size size, @Nullable OptimSpec optim, boolean keep) {
        return new PreTraining(model, loss, size).build(optim, keep);
    }

    private Built build(@Nullable OptimSpec optim, boolean keep) {
        int n = size.batch();
        Value pixels = b.input("pixels", DType.F32, Shape.of(n, 3, size.height(), size.width()));
        Value boxMap = b.input("box_map", DType.F32, Shape.of(n, size.height(), size.width()));
        Value tokens = b.input("tokens", DType.I32, Shape.of(n, model.text().context()));
        Value global = b.input("global", DType.F32, Shape.of(n));
        Value step = b.input("step", DType.F32, Shape.of());
        TextTower text = new TextTower(b, p, model);
        Value texts = text.normalized(text.pooled(tokens));
        Ps3.Look look = model.selects() ? look(new Ps3.Inputs(pixels, text.prompt(texts), step, boxMap, global)) : null;
        Value pooled = look == null ? new TiledPicture(b, p, model).pooled(pixels, boxMap) : look.pooled();
        Value images = b.add(new NormOp.Normalize(pooled, 1e-12));
        b.result("image_features", images);
        b.result("text_features", texts);
        if (look != null) {
            maps(PRIOR_MAP, look.priorMaps());
            maps(POSTERIOR_MAP, look.posteriorMaps());
        }
        if (optim != null) {
            Value total = losses(images, texts, look, global, priorTargets(look));
            differentiate(total, optim.train(), keep);
            b.during(Pass.UPDATE, () -> {
                update(optim);
                return optim;
            });
        }
        SequencedMap<String, Value> named = new LinkedHashMap<>();
        gradients.forEach((v, g) -> named.put(v.name(), g));
        return new Built(b.build(), p.recipes(), named, List.copyOf(untrained), look);
    }

    private Ps3.Look look(Ps3.Inputs in) {
        Ps3.Options options = new Ps3.Options(model.ps3().select().strategy(), loss.selectWith(), loss.poolTokens());
        return new Ps3(b, p, model).look(in, options);
    }

    private void maps(String name, List<Value> maps) {
        for (int i = 0; i < maps.size(); i++) {
            b.result(i == 0 ? name : name + "." + i, maps.get(i));
        }
    }

    /// Coverage of each high scale by what the bottom-up map is to find; nothing without a look.
    private List<Value> priorTargets(Ps3.@Nullable Look look) {
        if (look == null || loss.box().priorTarget() == LossSpec.PriorTarget.SAMPLED_BOX) {
            return look == null ? List.of() : look.coverage();
        }
        Value boxes = b.input("prior_box_map", DType.F32, Shape.of(size.batch(), size.height(), size.width()));
        return look.grids().stream()
                .map(g -> b.add(new ImageOp.AreaResize(boxes, g.rows(), g.columns())))
                .toList();
    }

    private Value losses(Value images, Value texts, Ps3.@Nullable Look look, Value global, List<Value> priorTargets) {
        LossSpec.Contrast c = loss.contrast();
        Value scale = p.get("logit_scale", new Init.Constant(Math.log(c.initScale())));
        Value bias = p.get("logit_bias", new Init.Constant(c.initBias()));
        List<Value> parts = new ArrayList<>();
        List<Double> weights = new ArrayList<>();
        Value flat = b.add(new LossOp.SigmoidPairLoss(images, texts, scale, bias));
        part("contrastive_loss", flat, c.weight(), parts, weights);
        if (look != null) {
            Value prior = boxLoss(look.priorMaps(), priorTargets, look, global);
            part("prior_box_loss", prior, loss.box().prior(), parts, weights);
            Value posterior = boxLoss(look.posteriorMaps(), look.coverage(), look, global);
            part("posterior_box_loss", posterior, loss.box().posterior(), parts, weights);
        }
        Value total = b.add(new LossOp.WeightedSum(parts, weights));
        b.result("loss", total);
        return total;
    }

    /// A part is always measured; it enters the total only with a weight.
    private void part(String name, Value value, double weight, List<Value> parts, List<Double> weights) {
        b.result(name, value);
        if (weight != 0) {
            parts.add(value);
            weights.add(weight);
        }
    }

    /// Loss of maps against the box at every high scale, averaged over the scales: cross-entropy, and in the
    /// paper's variant DICE on top.
    private Value boxLoss(List<Value> maps, List<Value> targets, Ps3.Look look, Value global) {
        int side = model.ps3().scales().getFirst() / model.vision().patch();
        List<Value> terms = new ArrayList<>();
        for (int i = 0; i < look.grids().size(); i++) {
            ScaleGrid g = look.grids().get(i);
            Value map = maps.get(Math.min(i, maps.size() - 1)), target = targets.get(i);
            Value resized = b.add(new MapOp.NearestResize(map, side, side, g.rows(), g.columns()));
            terms.add(b.add(new LossOp.BoxCrossEntropy(resized, target, global)));
            if (loss.box().type().equals("bce+dice")) {
                terms.add(b.add(new LossOp.BoxDice(resized, target, global)));
            }
        }
        double share = 1.0 / look.grids().size();
        return b.add(new LossOp.WeightedSum(terms, Collections.nCopies(terms.size(), share)));
    }

    /// Whether a parameter is trained: all, or those of selection as the reference's `train_token_selection_only`.
    private static boolean isTrained(String parameter, OptimSpec.Trained which) {
        return which == OptimSpec.Trained.ALL || SELECTION.stream().anyMatch(parameter::startsWith);
    }

    private void differentiate(Value total, OptimSpec.Trained which, boolean keep) {
        Value one = b.input("one", DType.F32, Shape.of());
        List<Value> targets = p.recipes().values().stream()
                .map(Parameters.Recipe::value)
                .filter(v -> isTrained(v.name(), which))
                .toList();
        gradients.putAll(Autodiff.gradients(b, total, one, targets));
        for (Value t : targets) {
            if (!gradients.containsKey(t)) {
                untrained.add(t.name());
            }
        }
        if (keep) {
            gradients.forEach((v, g) -> b.result("grad." + v.name(), g));
        }
    }

    private void update(OptimSpec optim) {
        Value rates = b.input("rates", DType.F32, Shape.of(3));
        Value norm = b.add(new MeasureOp.GlobalNorm(List.copyOf(gradients.values())));
        b.result("grad_norm", norm);
        Value scale = optim.gradClip() > 0 ? b.add(new MeasureOp.ClipFactor(norm, optim.gradClip())) : null;
        p.recipes().forEach((name, recipe) -> {
            Value gradient = gradients.get(recipe.value());
            if (gradient != null) {
                adamW(optim, name, recipe, gradient, rates, scale);
            }
        });
    }

    private void adamW(
            OptimSpec optim,
            String name,
            Parameters.Recipe recipe,
            Value gradient,
            Value rates,
            @Nullable Value scale) {
        Value parameter = recipe.value();
        Value first = b.parameter(FIRST + name, parameter.shape());
        Value second = b.parameter(SECOND + name, parameter.shape());
        boolean logitScale = name.equals("logit_scale");
        UpdateOp.Hyper hyper = new UpdateOp.Hyper(
                optim.betas().get(0),
                optim.betas().get(1),
                optim.eps(),
                recipe.decay() ? optim.weightDecay() : 0,
                logitScale ? 0 : Double.NEGATIVE_INFINITY,
                logitScale ? LOGIT_SCALE_LIMIT : Double.POSITIVE_INFINITY);
        List<Value> next = b.addAll(new UpdateOp.AdamW(parameter, first, second, gradient, rates, scale, hyper));
        b.update(parameter, next.get(0));
        b.update(first, next.get(1));
        b.update(second, next.get(2));
    }
}
