package dev.fovea.runtime.parity;

import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.ir.AttentionOp;
import dev.fovea.runtime.ir.Functions;
import dev.fovea.runtime.ir.ImageOp;
import dev.fovea.runtime.ir.LinearOp;
import dev.fovea.runtime.ir.LossOp;
import dev.fovea.runtime.ir.NormOp;
import dev.fovea.runtime.ir.Op;
import dev.fovea.runtime.ir.PointwiseOp;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.ir.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Single operations with their gradients: GELU, norms, softmax, linear, losses, patch embedding. Attention is in
/// [AttentionUnits].
final class UnitsCheck implements CaseCheck {
    private static final String LAYER_NORM = "layer_norm_";

    @Override
    public String kind() {
        return "operations";
    }

    @Override
    public boolean matches(GoldenCase c) {
        return c.call().contains("see output names") && c.hasInput("x");
    }

    @Override
    public void run(GoldenCase c, Backend backend, Findings out) {
        One one = new One(c, backend, out);
        one.check("gelu", "gwide", "wide", g -> new PointwiseOp.Gelu(g.in("wide"), PointwiseOp.GeluKind.ERF));
        one.check(
                "sigmoid_pair_softmax",
                "gwide",
                "wide",
                g -> new PointwiseOp.SelectionProbability(g.in("wide"), null, 5));
        for (String output : c.outputs()) {
            if (output.startsWith(LAYER_NORM)) {
                double eps = Double.parseDouble(output.substring(LAYER_NORM.length()));
                one.check(output, "g", "x w b", g -> new NormOp.LayerNorm(g.in("x"), g.in("w"), g.in("b"), eps));
            }
        }
        one.check("normalize", "g", "x", g -> new NormOp.Normalize(g.in("x"), 1e-12));
        one.check("linear", "glin", "x lin_w lin_b", g -> new LinearOp.Linear(g.in("x"), g.in("lin_w"), g.in("lin_b")));
        logSigmoid(c, out);
        if (out.wants("bce")) {
            boxCrossEntropy(c, backend, out);
        }
        if (out.wants("softmax")) {
            softmax(c, backend, out);
        }
        if (out.wants("patch_conv")) {
            patchEmbedding(c, backend, out);
        }
        AttentionUnits.run(c, backend, out);
    }

    /// An operation on recorded inputs.
    private record One(GoldenCase golden, Backend backend, Findings out) {
        /// y = op, then its gradients against the recorded ones named `grad.<y>.<x>`.
        void check(String y, String upstream, String inputs, Function<ParityGraph, Op> op) {
            if (!out.wants(y)) {
                return;
            }
            ParityGraph g = new ParityGraph(golden);
            List<String> names = List.of(inputs.split(" "));
            List<Value> targets = names.stream().map(g::in).toList();
            Value result = g.builder().add(op.apply(g));
            List<Value> gradients = g.gradients(result, g.in(upstream, result.shape()), targets);
            List<Value> read = new ArrayList<>(gradients);
            read.add(result);
            Map<Value, double[]> found = g.run(backend, read);
            out.check(y, result, found);
            for (int i = 0; i < names.size(); i++) {
                out.check("grad." + y + "." + names.get(i), gradients.get(i), found);
            }
        }
    }

    /// No operation of ours: the contrastive loss holds it. Computed by the function that the loss is defined by.
    private static void logSigmoid(GoldenCase c, Findings out) {
        if (out.wants("logsigmoid")) {
            double[] x = c.input("wide").data(), g = c.input("gwide").data(), slope = new double[x.length];
            out.check(
                    "logsigmoid",
                    Arrays.stream(x).map(v -> -Functions.softplus(-v)).toArray());
            Arrays.setAll(slope, i -> g[i] * Functions.sigmoid(-x[i]));
            out.check("grad.logsigmoid.wide", slope);
        }
    }

    private static void boxCrossEntropy(GoldenCase c, Backend backend, Findings out) {
        ParityGraph g = new ParityGraph(c);
        Shape row = Shape.of(1, c.input("prob").data().length);
        Value p = g.in("prob", row), global = g.given("global", Shape.of(1), 0);
        Value loss = g.builder().add(new LossOp.BoxCrossEntropy(p, g.in("tgt", row), global));
        Value dp = g.gradients(loss, g.given("one", Shape.of(), 1), List.of(p)).getFirst();
        Map<Value, double[]> found = g.run(backend, List.of(loss, dp));
        out.check("bce", loss, found);
        out.check("grad.bce.prob", dp, found);
    }

    /// Softmax as pooling: key j of a row is (sqrt(n) x_j, 0, ...), value j the j-th unit vector.
    private static void softmax(GoldenCase c, Backend backend, Findings out) {
        ParityGraph g = new ParityGraph(c);
        Shape shape = c.input("x").dims();
        int n = shape.dim(-1), rows = shape.rows();
        double[] x = c.input("x").data(), kv = new double[rows * n * 2 * n], query = new double[n];
        query[0] = 1;
        for (int i = 0; i < rows * n; i++) {
            kv[i * 2 * n] = Math.sqrt(n) * x[i];
            kv[i * 2 * n + n + i % n] = 1;
        }
        Value packed = g.given("kv", Shape.of(rows, n, 2 * n), kv);
        Value y = g.builder().add(new AttentionOp.PoolAttention(g.given("query", Shape.of(n), query), packed, null, 1));
        Value dkv =
                g.gradients(y, g.in("g", Shape.of(rows, n)), List.of(packed)).getFirst();
        Map<Value, double[]> found = g.run(backend, List.of(y, dkv));
        out.check("softmax", Findings.of(y, found));
        double[] all = Findings.of(dkv, found), dx = new double[rows * n];
        Arrays.setAll(dx, i -> all[i * 2 * n] * Math.sqrt(n));
        out.check("grad.softmax.x", dx);
    }

    /// Patch embedding: cut patches, then a linear layer; the picture's gradient is the patches' put back.
    private static void patchEmbedding(GoldenCase c, Backend backend, Findings out) {
        ParityGraph g = new ParityGraph(c);
        Shape image = c.input("img").dims();
        int patch = c.input("pw").dims().dim(-1), height = image.dim(2), width = image.dim(3);
        Value cut = g.builder().add(new ImageOp.CutPatches(g.in("img"), null, height, width, patch));
        Value weight = g.in("pw"), bias = g.in("pb");
        Value y = g.builder().add(new LinearOp.Linear(cut, weight, bias));
        List<Value> d = g.gradients(y, g.in("gp", y.shape()), List.of(cut, weight, bias));
        Map<Value, double[]> found = g.run(backend, List.of(y, d.get(0), d.get(1), d.get(2)));
        out.check("patch_conv", y, found);
        out.check("patch_unfold", y, found);
        out.check("grad.patch_conv.pw", Findings.of(d.get(1), found));
        out.check("grad.patch_conv.pb", Findings.of(d.get(2), found));
        out.check("grad.patch_conv.img", Layout.picture(Findings.of(d.get(0), found), image, patch));
    }
}
