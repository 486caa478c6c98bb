package dev.fovea.runtime.model;

import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.runtime.ir.GraphBuilder;
import dev.fovea.runtime.ir.NormOp;
import dev.fovea.runtime.ir.PointwiseOp.GeluKind;
import dev.fovea.runtime.ir.TokenOp;
import dev.fovea.runtime.ir.Value;
import java.util.ArrayList;
import java.util.List;

/// The text transformer and the head that turns a text into a selection prompt (ps3-spec 1.12).
///
/// Legend: B batch, T tokens of a text (at most the context), W text width, D shared width.
public final class TextTower {
    private final ModelSpec spec;
    private final Layers layers;

    /// A tower that appends to `b`.
    public TextTower(GraphBuilder b, Parameters p, ModelSpec spec) {
        this.spec = spec;
        this.layers = new Layers(b, p);
    }

    /// What a pass leaves.
    ///
    /// @param hidden embedded tokens with positions, then the output of every block (B,T,W)
    /// @param normed the final LayerNorm of the last (B,T,W)
    /// @param pooled (B,1,D), not normalised
    public record Pass(List<Value> hidden, Value normed, Value pooled) {}

    /// tokens I32 (B,T) -> pooled (B,1,D), not normalised
    public Value pooled(Value tokens) {
        return pass(tokens).pooled();
    }

    /// tokens I32 (B,T) -> every stage of the pass. A text shorter than the context takes the first T positions.
    public Pass pass(Value tokens) {
        ModelSpec.Text t = spec.text();
        Value x = embedded(tokens);
        List<Value> hidden = new ArrayList<>(List.of(x));
        GeluKind gelu = t.gelu() == ModelSpec.Gelu.TANH ? GeluKind.TANH : GeluKind.ERF;
        Layers.BlockShape shape = new Layers.BlockShape(t.width(), t.heads(), t.mlp(), gelu, t.causal(), t.normEps());
        for (int l = 0; l < t.depth(); l++) {
            String prefix = "text_model.transformer.resblocks." + l + ".";
            x = layers.block(x, prefix, Layers.BlockNames.TEXT, shape, null).x();
            hidden.add(x);
        }
        Value normed = layers.layerNorm(x, "text_model.ln_final", t.normEps());
        return new Pass(hidden, normed, projected(chosen(normed, tokens)));
    }

    private Value embedded(Value tokens) {
        ModelSpec.Text t = spec.text();
        Parameters p = layers.p;
        Value table = p.get("text_model.token_embedding.weight", new Init.Normal(0.02), t.vocab(), t.width());
        Value positions = p.get("text_model.positional_embedding", new Init.Normal(0.01), t.context(), t.width());
        int count = tokens.shape().dim(1);
        Value used = count == t.context() ? positions : layers.b.add(new TokenOp.Slice(positions, 0, 0, count));
        return layers.b.add(new TokenOp.AddRows(layers.b.add(new TokenOp.Gather(table, tokens)), used));
    }

    /// normed (B,T,W) -> the position that stands for the text (B,1,W)
    private Value chosen(Value normed, Value tokens) {
        return layers.b.add(
                spec.text().pool().equals("argmax")
                        ? new TokenOp.AtHighest(normed, tokens)
                        : new TokenOp.Slice(normed, 1, tokens.shape().dim(1) - 1, 1));
    }

    private Value projected(Value chosen) {
        int width = spec.text().width(), shared = spec.vision().sharedWidth();
        String name = "text_model.text_projection";
        return spec.text().projBias()
                ? layers.linear(chosen, name, width, shared)
                : layers.project(chosen, name, width, shared);
    }

    /// pooled (B,1,D) -> unit vectors (B,1,D)
    public Value normalized(Value pooled) {
        return layers.b.add(new NormOp.Normalize(pooled, 1e-12));
    }

    /// normalised text (B,1,S) -> selection prompt (B,1,D), S the width of the shared space
    public Value prompt(Value normalized) {
        int d = spec.vision().width();
        return layers.normedMlp(
                normalized, "text_model.prompt_proj", spec.vision().sharedWidth(), d, d, d);
    }
}
