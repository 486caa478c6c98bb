package dev.fovea.runtime.checkpoint;

import dev.fovea.dsl.spec.LossSpec;
import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.runtime.ir.DType;
import dev.fovea.runtime.ir.GraphBuilder;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.ir.Value;
import dev.fovea.runtime.model.Init;
import dev.fovea.runtime.model.Parameters;
import dev.fovea.runtime.model.Ps3;
import dev.fovea.runtime.model.TextTower;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// Names and shapes of a model's parameters (ps3-spec 1.13), from the model itself: its graph is built for one
/// picture, and nothing is allocated.
public final class ModelParameters {
    private ModelParameters() {}

    /// All parameters of a model, those of the loss (`logit_scale`, `logit_bias`) last.
    ///
    /// @throws IllegalArgumentException if the sizes do not fit together
    public static SequencedMap<String, Shape> of(ModelSpec model) {
        ModelSpec whole = Ps3Config.withEveryScaleUsed(model);
        GraphBuilder b = new GraphBuilder();
        Parameters p = new Parameters(b);
        int side = whole.ps3().scales().getLast();
        Value pixels = b.input("pixels", DType.F32, Shape.of(1, 3, side, side));
        Value tokens = b.input("tokens", DType.I32, Shape.of(1, whole.text().context()));
        Value step = b.input("step", DType.F32, Shape.of());
        TextTower text = new TextTower(b, p, whole);
        Value prompt = text.prompt(text.normalized(text.pooled(tokens)));
        new Ps3(b, p, whole)
                .look(
                        new Ps3.Inputs(pixels, prompt, step, null, null),
                        new Ps3.Options(
                                ModelSpec.Strategy.TOP_DOWN, LossSpec.SelectWith.STRATEGY, LossSpec.PoolTokens.ALL));
        p.get("logit_scale", new Init.Constant(0));
        p.get("logit_bias", new Init.Constant(0));
        SequencedMap<String, Shape> shapes = new LinkedHashMap<>();
        p.recipes().forEach((name, recipe) -> shapes.put(name, recipe.value().shape()));
        return shapes;
    }

    /// The parameters that a checkpoint with this configuration holds: without a text tower, the vision side's.
    ///
    /// @throws IllegalArgumentException if the sizes do not fit together
    public static SequencedMap<String, Shape> of(ModelConfig config) {
        SequencedMap<String, Shape> shapes = of(config.model());
        if (config.text() == null) {
            shapes.keySet().removeIf(name -> !name.startsWith("vision_model."));
        }
        return shapes;
    }
}
