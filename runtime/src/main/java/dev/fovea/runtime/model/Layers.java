package dev.fovea.runtime.model;

import dev.fovea.runtime.ir.AttentionOp;
import dev.fovea.runtime.ir.ConvolutionOp;
import dev.fovea.runtime.ir.GraphBuilder;
import dev.fovea.runtime.ir.LinearOp;
import dev.fovea.runtime.ir.NormOp;
import dev.fovea.runtime.ir.PointwiseOp;
import dev.fovea.runtime.ir.PointwiseOp.GeluKind;
import dev.fovea.runtime.ir.TokenOp;
import dev.fovea.runtime.ir.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The layers both towers are made of; each method appends nodes and returns the output.
///
/// Legend: B batch, N tokens, M cached tokens, D width.
public final class Layers {
    final GraphBuilder b;
    final Parameters p;

    /// Layers that append to `b`.
    public Layers(GraphBuilder b, Parameters p) {
        this.b = b;
        this.p = p;
    }

    /// Names of the parts of a transformer block, which differ between the towers' checkpoints.
    public record BlockNames(
            String norm1, String qkvWeight, String qkvBias, String proj, String norm2, String fc1, String fc2) {
        /// Names in the vision tower.
        public static final BlockNames VISION =
                new BlockNames("norm1", "attn.qkv.weight", "attn.qkv.bias", "attn.proj", "norm2", "mlp.fc1", "mlp.fc2");
        /// Names in the text tower.
        public static final BlockNames TEXT = new BlockNames(
                "ln_1", "attn.in_proj_weight", "attn.in_proj_bias", "attn.out_proj", "ln_2", "mlp.c_fc", "mlp.c_proj");
    }

    /// Size and kind of a block.
    ///
    /// @param eps added to the variance in its norms
    public record BlockShape(int width, int heads, int mlp, GeluKind gelu, boolean causal, double eps) {
        /// A block with the norms of vision transformers: eps 1e-6.
        public BlockShape(int width, int heads, int mlp, GeluKind gelu, boolean causal) {
            this(width, heads, mlp, gelu, causal, 1e-6);
        }
    }

    /// What a block leaves: its output x (B,N,D) and its packed queries, keys and values (B,N,3D).
    public record BlockOutput(Value x, Value qkv) {}

    /// x (..., in) -> (..., out), weights as SigLIP starts them
    public Value linear(Value x, String name, int in, int out) {
        return linear(x, name, in, out, new Init.Xavier(), new Init.Constant(0));
    }

    /// x (..., in) -> (..., out), weights as the reference framework starts linear layers
    public Value freshLinear(Value x, String name, int in, int out) {
        return linear(x, name, in, out, new Init.Uniform(in), new Init.Uniform(in));
    }

    private Value linear(Value x, String name, int in, int out, Init weight, Init bias) {
        return b.add(
                new LinearOp.Linear(x, p.get(name + ".weight", weight, out, in), p.get(name + ".bias", bias, out)));
    }

    /// x (..., D) -> (..., D)
    public Value layerNorm(Value x, String name, double eps) {
        int d = x.shape().dim(-1);
        return b.add(new NormOp.LayerNorm(
                x,
                p.get(name + ".weight", new Init.Constant(1), d),
                p.get(name + ".bias", new Init.Constant(0), d),
                eps));
    }

    /// x -> gelu(x)
    public Value gelu(Value x, GeluKind kind) {
        return b.add(new PointwiseOp.Gelu(x, kind));
    }

    /// a + b
    Value add(Value a, Value c) {
        return b.add(new PointwiseOp.Add(a, c));
    }

    /// x (B,N,D), cache (B,M,3D) or none -> x + attention + MLP, pre-norm (ps3-spec 1.3, 1.12)
    public BlockOutput block(Value x, String prefix, BlockNames n, BlockShape s, @Nullable Value cache) {
        return b.layer(() -> blockNodes(x, prefix, n, s, cache));
    }

    private BlockOutput blockNodes(Value x, String prefix, BlockNames n, BlockShape s, @Nullable Value cache) {
        int d = s.width();
        Value normed = layerNorm(x, prefix + n.norm1(), s.eps());
        Value qkv = b.add(new LinearOp.Linear(
                normed,
                p.get(prefix + n.qkvWeight(), new Init.Xavier(), 3 * d, d),
                p.get(prefix + n.qkvBias(), new Init.Constant(0), 3 * d)));
        Value attended = b.add(new AttentionOp.SelfAttention(qkv, cache, s.heads(), s.causal()));
        Value mid = add(x, linear(attended, prefix + n.proj(), d, d));
        Value hidden = linear(layerNorm(mid, prefix + n.norm2(), s.eps()), prefix + n.fc1(), d, s.mlp());
        return new BlockOutput(add(mid, linear(gelu(hidden, s.gelu()), prefix + n.fc2(), s.mlp(), d)), qkv);
    }

    /// x (..., in) -> fc1 -> GELU -> LayerNorm (eps 1e-5) -> fc2 (..., out): the heads of selection and prompt.
    /// `used`
    /// rows of fc2 are computed; the others exist and get no gradient.
    public Value normedMlp(Value x, String name, int in, int hidden, int out, int used) {
        return b.layer(() -> {
            Value h = gelu(freshLinear(x, name + ".fc1", in, hidden), GeluKind.ERF);
            return firstOutputs(layerNorm(h, name + ".norm", 1e-5), name + ".fc2", hidden, out, used);
        });
    }

    /// The first `used` outputs of a fresh linear layer with `out` outputs.
    Value firstOutputs(Value x, String name, int in, int out, int used) {
        if (used == out) {
            return freshLinear(x, name, in, out);
        }
        Value weight = p.get(name + ".weight", new Init.Uniform(in), out, in);
        Value bias = p.get(name + ".bias", new Init.Uniform(in), out);
        List<Value> cut = List.of(weight, bias).stream()
                .map(v -> b.add(new TokenOp.Slice(v, 0, 0, used)))
                .toList();
        return b.add(new LinearOp.Linear(x, cut.get(0), cut.get(1)));
    }

    /// x (..., in) -> (..., out) by a plain matrix named `name` (in, out), as CLIP stores projections
    public Value project(Value x, String name, int in, int out) {
        return b.add(new LinearOp.Project(x, p.get(name, new Init.Normal(1 / Math.sqrt(in)), in, out)));
    }

    /// x (B,rows*columns,C) -> x + scale * MLP(norm(depthwise 7x7 (x)))
    public Value convNext(Value x, String name, int channels, int rows, int columns) {
        return b.layer(() -> convNextNodes(x, name, channels, rows, columns));
    }

    private Value convNextNodes(Value x, String name, int channels, int rows, int columns) {
        Value conv = b.add(new ConvolutionOp.DepthwiseConvolution(
                x,
                p.get(name + "conv_dw.weight", new Init.Uniform(49), channels, 1, 7, 7),
                p.get(name + "conv_dw.bias", new Init.Uniform(49), channels),
                rows,
                columns));
        Value normed = layerNorm(conv, name + "norm", 1e-6);
        Value hidden = gelu(freshLinear(normed, name + "mlp.fc1", channels, 4 * channels), GeluKind.ERF);
        Value out = freshLinear(hidden, name + "mlp.fc2", 4 * channels, channels);
        Value scale = p.get(name + "weight", new Init.Constant(1e-6), channels);
        return add(x, b.add(new PointwiseOp.ScaleChannels(out, scale)));
    }
}
