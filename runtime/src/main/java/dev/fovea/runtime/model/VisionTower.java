package dev.fovea.runtime.model;

import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.runtime.ir.AttentionOp;
import dev.fovea.runtime.ir.GraphBuilder;
import dev.fovea.runtime.ir.ImageOp;
import dev.fovea.runtime.ir.LinearOp;
import dev.fovea.runtime.ir.PointwiseOp.GeluKind;
import dev.fovea.runtime.ir.PositionOp;
import dev.fovea.runtime.ir.TokenOp;
import dev.fovea.runtime.ir.Value;
import dev.fovea.runtime.select.ScaleGrid;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The vision transformer in its two passes, and the attention pooling (ps3-spec 1.3, 1.8, 1.9, 1.10).
///
/// Legend: B batch, H x W picture, g side of the low grid, K selected patches, D width.
public final class VisionTower {
    private static final String TRUNK = "vision_model.trunk.";
    private final ModelSpec spec;
    private final GraphBuilder b;
    private final Parameters p;
    private final Layers layers;

    /// A tower that appends to `b`.
    public VisionTower(GraphBuilder b, Parameters p, ModelSpec spec) {
        this.spec = spec;
        this.b = b;
        this.p = p;
        this.layers = new Layers(b, p);
    }

    /// What the low-resolution pass leaves.
    ///
    /// @param patches cut patches (B,g*g,3*p*p)
    /// @param tokens embedded patches with positions (B,g*g,D)
    /// @param hidden output of every block (B,g*g,D)
    /// @param packed queries, keys and values of every block (B,g*g,3D): the cache of the high pass
    public record LowPass(Value patches, Value tokens, List<Value> hidden, List<Value> packed) {}

    /// g
    public int side() {
        return spec.ps3().scales().getFirst() / spec.vision().patch();
    }

    /// pixels (B,3,H,W) -> the low-resolution pass on the picture squashed to the low scale
    public LowPass low(Value pixels) {
        int low = spec.ps3().scales().getFirst();
        Value patches = b.add(
                new ImageOp.CutPatches(pixels, null, low, low, spec.vision().patch()));
        Value tokens = b.add(new TokenOp.AddRows(embed(patches), positions()));
        List<Value> hidden = new ArrayList<>();
        List<Value> packed = new ArrayList<>();
        Value x = tokens;
        for (int l = 0; l < spec.vision().depth(); l++) {
            Layers.BlockOutput out = block(x, l, null);
            x = out.x();
            hidden.add(x);
            packed.add(out.qkv());
        }
        return new LowPass(patches, tokens, hidden, packed);
    }

    /// pixels (B,3,H,W), indices I32 (B,K_i) of each scale -> x (B,sum K_i,D): the selected patches, each
    /// attending to
    /// the low pass and to one another. A scale without patches (null) is skipped.
    public Value high(Value pixels, LowPass low, List<ScaleGrid> grids, List<@Nullable Value> indices) {
        List<Value> parts = new ArrayList<>();
        for (int i = 0; i < grids.size(); i++) {
            Value at = indices.get(i);
            if (at != null) {
                parts.add(selected(pixels, grids.get(i), at, i));
            }
        }
        Value x = b.add(new TokenOp.Concat(parts, 1));
        for (int l = 0; l < spec.vision().depth(); l++) {
            Value cache = spec.ps3().lowResKvCache() ? low.packed().get(l) : null;
            x = block(x, l, cache).x();
        }
        return x;
    }

    /// Tokens (B,K,D) of the selected patches of high scale `i`.
    private Value selected(Value pixels, ScaleGrid grid, Value indices, int i) {
        int patch = spec.vision().patch(), d = spec.vision().width();
        Value tokens = embed(b.add(new ImageOp.CutPatches(pixels, indices, grid.height(), grid.width(), patch)));
        Value positions = b.add(new PositionOp.PositionAt(positions(), indices, grid.rows(), grid.columns()));
        tokens = layers.add(tokens, positions);
        if (spec.ps3().separatePosEmb()) {
            int side = spec.ps3().scales().get(i + 1) / patch;
            if (grid.columns() != side) {
                throw new IllegalArgumentException("position residuals of non-square pictures are not built yet: grid "
                        + grid.rows() + "x" + grid.columns());
            }
            Value residual = p.get("vision_model.pos_emb_residual." + i, new Init.Constant(0), 1, side * side, d);
            tokens = layers.add(tokens, b.add(new TokenOp.Gather(residual, indices)));
        }
        return tokens;
    }

    private Layers.BlockOutput block(Value x, int l, @Nullable Value cache) {
        ModelSpec.Vision v = spec.vision();
        Layers.BlockShape shape = new Layers.BlockShape(v.width(), v.heads(), v.mlp(), GeluKind.ERF, false);
        return layers.block(x, TRUNK + "blocks." + l + ".", Layers.BlockNames.VISION, shape, cache);
    }

    private Value embed(Value patches) {
        int d = spec.vision().width(), patch = spec.vision().patch(), vector = 3 * patch * patch;
        Value weight =
                p.get(TRUNK + "patch_embed.proj.weight", new Init.Normal(1 / Math.sqrt(vector)), d, 3, patch, patch);
        return b.add(
                new LinearOp.Linear(patches, weight, p.get(TRUNK + "patch_embed.proj.bias", new Init.Constant(0), d)));
    }

    private Value positions() {
        int d = spec.vision().width();
        return p.get(TRUNK + "pos_embed", new Init.Normal(1 / Math.sqrt(d)), 1, side() * side(), d);
    }

    /// x (B,N,D) -> the final LayerNorm of x
    public Value finalNorm(Value x) {
        return layers.layerNorm(x, TRUNK + "norm", 1e-6);
    }

    /// normed x (B,N,D), mask (B,N) or none -> pooled (B,D): attention pooling with one latent query
    public Value pool(Value normed, @Nullable Value mask) {
        ModelSpec.Vision v = spec.vision();
        int d = v.width();
        String name = TRUNK + "attn_pool.";
        Value latent = p.get(name + "latent", new Init.Normal(1 / Math.sqrt(d)), 1, 1, d);
        Value query = layers.linear(latent, name + "q", d, d);
        Value kv = layers.linear(normed, name + "kv", d, 2 * d);
        Value o = layers.linear(b.add(new AttentionOp.PoolAttention(query, kv, mask, v.heads())), name + "proj", d, d);
        Value hidden = layers.linear(layers.layerNorm(o, name + "norm", 1e-6), name + "mlp.fc1", d, v.mlp());
        return layers.add(o, layers.linear(layers.gelu(hidden, GeluKind.ERF), name + "mlp.fc2", v.mlp(), d));
    }
}
