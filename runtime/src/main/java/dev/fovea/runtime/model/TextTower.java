package dev.fovea.runtime.model;

import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.runtime.ir.GraphBuilder;
import dev.fovea.runtime.ir.NormOp;
import dev.fovea.runtime.ir.PointwiseOp.GeluKind;
import dev.fovea.runtime.ir.TokenOp;
import dev.fovea.runtime.ir.Value;

/// The text transformer and the head that turns a text into a selection prompt (ps3-spec 1.12).
///
/// Legend: B batch, T context, W text width, D shared width.
public final class TextTower {
    private final ModelSpec spec;
    private final Layers layers;

    /// A tower that appends to `b`.
    public TextTower(GraphBuilder b, Parameters p, ModelSpec spec) {
        this.spec = spec;
        this.layers = new Layers(b, p);
    }

    /// tokens I32 (B,T) -> pooled (B,1,D), not normalised
    public Value pooled(Value tokens) {
        ModelSpec.Text t = spec.text();
        Parameters p = layers.p;
        Value table = p.get("text_model.token_embedding.weight", new Init.Normal(0.02), t.vocab(), t.width());
        Value positions = p.get("text_model.positional_embedding", new Init.Normal(0.01), t.context(), t.width());
        Value x = layers.b.add(new TokenOp.AddRows(layers.b.add(new TokenOp.Gather(table, tokens)), positions));
        GeluKind gelu = t.gelu() == ModelSpec.Gelu.TANH ? GeluKind.TANH : GeluKind.ERF;
        Layers.BlockShape shape = new Layers.BlockShape(t.width(), t.heads(), t.mlp(), gelu, t.causal());
        for (int l = 0; l < t.depth(); l++) {
            String prefix = "text_model.transformer.resblocks." + l + ".";
            x = layers.block(x, prefix, Layers.BlockNames.TEXT, shape, null).x();
        }
        Value last = layers.b.add(
                new TokenOp.Slice(layers.layerNorm(x, "text_model.ln_final", 1e-6), 1, t.context() - 1, 1));
        return layers.linear(
                last, "text_model.text_projection", t.width(), spec.vision().width());
    }

    /// pooled (B,1,D) -> unit vectors (B,1,D)
    public Value normalized(Value pooled) {
        return layers.b.add(new NormOp.Normalize(pooled, 1e-12));
    }

    /// normalised text (B,1,D) -> selection prompt (B,1,D)
    public Value prompt(Value normalized) {
        int d = spec.vision().width();
        return layers.normedMlp(normalized, "text_model.prompt_proj", d, d, d, d);
    }
}
