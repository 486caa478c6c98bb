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
        int patch = spec.vision().patch();
        Value patches = b.add(
                new ImageOp.CutPatches(pixels, null, low, low, patch, spec.ps3().resizeAntialias()));
        return tiles(patches);
    }

    /// patches (B,g*g,3*p*p) of pictures, or of tiles, that have the low scale's size -> the low-resolution pass
    public LowPass tiles(Value patches) {
        Value tokens = b.add(new TokenOp.AddRows(embed(patches), lowPositions()));
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

    /// pixels (B,3,H,W), indices I32 (B,K_i) of each scale -> tokens x (B,sum K_i,D) of the selected patches,
    /// scale by scale. A scale without patches (null) is skipped.
    public Value tokens(Value pixels, List<ScaleGrid> grids, List<@Nullable Value> indices) {
        List<Value> parts = new ArrayList<>();
        for (int i = 0; i < grids.size(); i++) {
            Value at = indices.get(i);
            if (at != null) {
                parts.add(selected(pixels, grids.get(i), at, i));
            }
        }
        return b.add(new TokenOp.Concat(parts, 1));
    }

    /// tokens x (B,K,D) -> the output of every block (B,K,D): tokens attend to the low pass and to one another
    ///
    /// @param cache keys and values of every block of the low pass (B,g*g,3D), packed with its queries
    public List<Value> high(Value tokens, List<Value> cache) {
        List<Value> hidden = new ArrayList<>();
        Value x = tokens;
        for (int l = 0; l < spec.vision().depth(); l++) {
            x = block(x, l, spec.ps3().lowResKvCache() ? cache.get(l) : null).x();
            hidden.add(x);
        }
        return hidden;
    }

    /// Tokens (B,K,D) of the selected patches of high scale `i`.
    private Value selected(Value pixels, ScaleGrid grid, Value indices, int i) {
        int patch = spec.vision().patch(), d = spec.vision().width();
        Value patches = b.add(new ImageOp.CutPatches(
                pixels, indices, grid.height(), grid.width(), patch, spec.ps3().resizeAntialias()));
        Value tokens = layers.add(embed(patches), highPositions(grid, indices));
        if (spec.ps3().separatePosEmb()) {
            int side = spec.ps3().scales().get(i + 1) / patch;
            Value residual = p.get("vision_model.pos_emb_residual." + i, new Init.Constant(0), 1, side * side, d);
            tokens = layers.add(tokens, at(residual, grid, indices, side));
        }
        return tokens;
    }

    private Value highPositions(ScaleGrid grid, Value indices) {
        return spec.vision().positions() == ModelSpec.Positions.CROP
                ? at(positions(), grid, indices, positionSide())
                : b.add(new PositionOp.PositionAt(positions(), indices, grid.rows(), grid.columns()));
    }

    /// Rows of a table over a square grid of `side`, whose top-left corner the grid is.
    private Value at(Value table, ScaleGrid grid, Value indices, int side) {
        Value cells = grid.columns() == side ? indices : b.add(new ImageOp.GridIndices(indices, grid.columns(), side));
        return b.add(new TokenOp.Gather(table, cells));
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

    /// Side of the position table's own grid.
    private int positionSide() {
        return spec.vision().positionSide() == 0 ? side() : spec.vision().positionSide();
    }

    private Value positions() {
        int d = spec.vision().width(), own = positionSide();
        return p.get(TRUNK + "pos_embed", new Init.Normal(1 / Math.sqrt(d)), 1, own * own, d);
    }

    private Value lowPositions() {
        return positionSide() == side() ? positions() : b.add(new PositionOp.CropGrid(positions(), side(), side()));
    }

    /// x (B,N,D) -> the final LayerNorm of x, or x where the model has none
    public Value finalNorm(Value x) {
        return spec.vision().finalNorm() ? layers.layerNorm(x, TRUNK + "norm", 1e-6) : x;
    }

    /// normed x (B,N,D), mask (B,N) or none -> pooled (B,S): attention pooling with one latent query, S the
    /// width of the shared space
    public Value pool(Value normed, @Nullable Value mask) {
        ModelSpec.Vision v = spec.vision();
        ModelSpec.Adapter adapter = v.adapter();
        int s = v.sharedWidth(), mlp = adapter == null ? v.mlp() : adapter.mlp();
        Value x = adapter == null ? normed : adapted(normed, adapter);
        String name = TRUNK + "attn_pool.";
        Value latent = p.get(name + "latent", new Init.Normal(1 / Math.sqrt(s)), 1, 1, s);
        Value query = layers.linear(latent, name + "q", s, s);
        Value kv = layers.linear(x, name + "kv", s, 2 * s);
        Value o = layers.linear(b.add(new AttentionOp.PoolAttention(query, kv, mask, v.heads())), name + "proj", s, s);
        Value hidden = layers.linear(layers.layerNorm(o, name + "norm", 1e-6), name + "mlp.fc1", s, mlp);
        return layers.add(o, layers.linear(layers.gelu(hidden, GeluKind.ERF), name + "mlp.fc2", mlp, s));
    }

    /// x (B,N,D) -> (B,N,S): a linear layer, residual units, and a last unit to the shared width (ps3-spec 1.11)
    private Value adapted(Value x, ModelSpec.Adapter a) {
        String name = TRUNK + "siglip_proj.";
        Value h = layers.freshLinear(x, name + "fc1", spec.vision().width(), a.hidden());
        for (int j = 0; j < a.units(); j++) {
            Value before = h;
            String prefix = name + "blocks." + j + ".";
            h = b.layer(() -> layers.add(before, unit(before, prefix, a.hidden(), a.hidden())));
        }
        Value last = h;
        return b.layer(() -> unit(last, name + "final.", a.hidden(), a.out()));
    }

    /// LayerNorm, GELU, linear layer
    private Value unit(Value x, String name, int in, int out) {
        Value h = layers.gelu(layers.layerNorm(x, name + "0", 1e-5), GeluKind.ERF);
        return layers.freshLinear(h, name + "2", in, out);
    }
}
