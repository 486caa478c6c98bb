package dev.fovea.runtime.encode;

import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.ir.DType;
import dev.fovea.runtime.ir.GraphBuilder;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.ir.Value;
import dev.fovea.runtime.model.Parameters;
import dev.fovea.runtime.model.TextTower;
import dev.fovea.runtime.train.Compiled;
import dev.fovea.runtime.train.Planned;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/// Turns texts into selection prompts (ps3-spec 1.12). It has a store of its own: once the prompts are there,
/// closing it frees the text tower, which is as large as the vision tower.
public final class TextEncoder implements AutoCloseable {
    private final Store store;
    private final Compiled program;

    /// What one text gives.
    ///
    /// @param feature unit vector (S) in the space shared with pictures
    /// @param prompt (D) for top-down selection
    public record Encoded(double[] feature, double[] prompt) {}

    /// Compiles the text tower for one text at a time, and loads it.
    public TextEncoder(ModelSpec model, Backend backend, Weights weights) {
        GraphBuilder b = new GraphBuilder();
        TextTower tower = new TextTower(b, new Parameters(b), model);
        Value tokens = b.input("tokens", DType.I32, Shape.of(1, model.text().context()));
        Value feature = tower.normalized(tower.pooled(tokens));
        b.result("feature", feature);
        b.result("prompt", tower.prompt(feature));
        this.store = backend.store();
        this.program = Compiled.of(Planned.of(b.build()), backend, Map.of(), store);
        weights.load(store, Set.copyOf(store.names()));
    }

    /// tokens (T) -> feature and prompt
    ///
    /// @throws IllegalArgumentException if there are not as many tokens as the model's context
    public Encoded encode(int[] tokens) {
        Value input = program.input("tokens");
        if (tokens.length != input.shape().elements()) {
            throw new IllegalArgumentException(
                    tokens.length + " tokens for a context of " + input.shape().elements());
        }
        program.session().write(input, Arrays.stream(tokens).asDoubleStream().toArray());
        program.session().run();
        return new Encoded(program.result("feature"), program.result("prompt"));
    }

    @Override
    public void close() {
        program.close();
        store.close();
    }
}
