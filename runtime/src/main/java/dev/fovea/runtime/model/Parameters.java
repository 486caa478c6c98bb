package dev.fovea.runtime.model;

import dev.fovea.runtime.ir.GraphBuilder;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.ir.Value;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// The parameters a model asks for while it is built, with how they start and whether they decay.
public final class Parameters {
    private final GraphBuilder builder;
    private final SequencedMap<String, Recipe> recipes = new LinkedHashMap<>();

    /// What is known of one parameter.
    ///
    /// @param decay whether weight decay applies: not to ranks below 2, norms, biases and the logit scale
    public record Recipe(Value value, Init init, boolean decay) {}

    /// Parameters of the graph under construction.
    public Parameters(GraphBuilder builder) {
        this.builder = builder;
    }

    /// The parameter of this name, created on first use.
    public Value get(String name, Init init, int... dims) {
        Value v = builder.parameter(name, Shape.of(dims));
        recipes.putIfAbsent(name, new Recipe(v, init, decays(name, dims.length)));
        return v;
    }

    /// The reference's rule (open_clip main): no decay below rank 2 or where the name contains bn, ln, bias or
    /// logit_scale.
    static boolean decays(String name, int rank) {
        return rank >= 2
                && !name.contains("bn")
                && !name.contains("ln")
                && !name.contains("bias")
                && !name.contains("logit_scale");
    }

    /// All parameters in order of creation.
    public SequencedMap<String, Recipe> recipes() {
        return Collections.unmodifiableSequencedMap(recipes);
    }
}
