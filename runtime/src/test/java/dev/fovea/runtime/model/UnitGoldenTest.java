package dev.fovea.runtime.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.runtime.exec.TestedBackend;
import dev.fovea.runtime.golden.GoldenCase;
import dev.fovea.runtime.ir.AttentionOp;
import dev.fovea.runtime.ir.Functions;
import dev.fovea.runtime.ir.ImageOp;
import dev.fovea.runtime.ir.LinearOp;
import dev.fovea.runtime.ir.LossOp;
import dev.fovea.runtime.ir.NormOp;
import dev.fovea.runtime.ir.PointwiseOp;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.ir.TokenOp;
import dev.fovea.runtime.ir.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The recorded operators (08_units) with their gradients.
@NullUnmarked
class UnitGoldenTest {
    private static final GoldenCase UNITS = GoldenCase.named("08_units");

    /// y = f(x), then its gradients against the recorded ones named `grad.<y>.<x>`.
    private static void check(
            TestedBackend kind, String y, String dy, Function<GoldenGraph, Value> f, String... names) {
        GoldenGraph g = new GoldenGraph(UNITS);
        List<Value> targets = new ArrayList<>();
        for (String n : names) {
            targets.add(g.in(n));
        }
        Value out = f.apply(g);
        Value arriving = dy.isEmpty() ? g.given("one", Shape.of(), new double[] {1}) : g.in(dy, out.shape());
        List<Value> gradients = g.gradients(out, arriving, targets);
        List<Value> read = new ArrayList<>(gradients);
        read.add(out);
        g.run(kind, n -> n, read, (c, reader) -> {
            c.check(y, reader.apply(out));
            for (int i = 0; i < names.length; i++) {
                c.check("grad." + y + "." + names[i], reader.apply(gradients.get(i)));
            }
        });
    }

    private static Value of(GoldenGraph g, String name) {
        return g.b.build().input(name);
    }

    @ParameterizedTest
    @EnumSource
    void pointwise(TestedBackend kind) {
        check(
                kind,
                "gelu",
                "gwide",
                g -> g.b.add(new PointwiseOp.Gelu(of(g, "wide"), PointwiseOp.GeluKind.ERF)),
                "wide");
        check(
                kind,
                "sigmoid_pair_softmax",
                "gwide",
                g -> g.b.add(new PointwiseOp.SelectionProbability(of(g, "wide"), null, 5)),
                "wide");
    }

    @ParameterizedTest
    @EnumSource
    void norms(TestedBackend kind) {
        check(
                kind,
                "layer_norm_1e-05",
                "g",
                g -> g.b.add(new NormOp.LayerNorm(of(g, "x"), of(g, "w"), of(g, "b"), 1e-5)),
                "x",
                "w",
                "b");
        check(
                kind,
                "layer_norm_1e-06",
                "g",
                g -> g.b.add(new NormOp.LayerNorm(of(g, "x"), of(g, "w"), of(g, "b"), 1e-6)),
                "x",
                "w",
                "b");
        check(kind, "normalize", "g", g -> g.b.add(new NormOp.Normalize(of(g, "x"), 1e-12)), "x");
    }

    @ParameterizedTest
    @EnumSource
    void linear(TestedBackend kind) {
        check(
                kind,
                "linear",
                "glin",
                g -> g.b.add(new LinearOp.Linear(of(g, "x"), of(g, "lin_w"), of(g, "lin_b"))),
                "x",
                "lin_w",
                "lin_b");
    }

    @ParameterizedTest
    @EnumSource
    void boxCrossEntropy(TestedBackend kind) {
        GoldenGraph g = new GoldenGraph(UNITS);
        Value p = g.in("prob", Shape.of(1, 18)), one = g.given("one", Shape.of(), new double[] {1});
        Value loss = g.b.add(new LossOp.BoxCrossEntropy(
                p, g.in("tgt", Shape.of(1, 18)), g.given("global", Shape.of(1), new double[] {0})));
        Value dp = g.gradients(loss, one, List.of(p)).getFirst();
        g.run(kind, n -> n, List.of(loss, dp), (c, read) -> {
            c.check("bce", read.apply(loss));
            c.check("grad.bce.prob", read.apply(dp));
        });
    }

    /// Softmax as pooling: key j of a row is (sqrt(n) x_j, 0, ...), value j the j-th unit vector.
    @ParameterizedTest
    @EnumSource
    void softmaxInsidePooling(TestedBackend kind) {
        GoldenGraph g = new GoldenGraph(UNITS);
        int rows = 14, n = 24;
        double[] x = g.c.input("x").data(), kv = new double[rows * n * 2 * n], query = new double[n];
        query[0] = 1;
        for (int i = 0; i < rows * n; i++) {
            kv[i * 2 * n] = Math.sqrt(n) * x[i];
            kv[i * 2 * n + n + i % n] = 1;
        }
        Value packed = g.given("kv", Shape.of(rows, n, 2 * n), kv);
        Value y = g.b.add(new AttentionOp.PoolAttention(g.given("query", Shape.of(n), query), packed, null, 1));
        Value dkv =
                g.gradients(y, g.in("g", Shape.of(rows, n)), List.of(packed)).getFirst();
        g.run(kind, s -> s, List.of(y, dkv), (c, read) -> {
            c.check("softmax", read.apply(y));
            double[] all = read.apply(dkv), dx = new double[rows * n];
            Arrays.setAll(dx, i -> all[i * 2 * n] * Math.sqrt(n));
            c.check("grad.softmax.x", dx);
        });
    }

    /// Queries 5, keys 7: the keys of the five own tokens and of a cache of two.
    @ParameterizedTest
    @EnumSource
    void attention(TestedBackend kind) {
        GoldenGraph g = new GoldenGraph(UNITS);
        double[] own = new double[2 * 5 * 72], cached = new double[2 * 2 * 72];
        pack(g.c.input("q").data(), 5, own, 0, 0, 5);
        for (int part = 1; part <= 2; part++) {
            double[] kv = g.c.input(part == 1 ? "k" : "v").data();
            pack(kv, 7, own, part, 0, 5);
            pack(kv, 7, cached, part, 5, 2);
        }
        Value qkv = g.given("qkv", Shape.of(2, 5, 72), own), cache = g.given("cache", Shape.of(2, 2, 72), cached);
        Value y = g.b.add(new AttentionOp.SelfAttention(qkv, cache, 3, false));
        double[] go = new double[2 * 5 * 24];
        rows(g.c.input("go").data(), go);
        List<Value> d = g.gradients(y, g.given("dy", y.shape(), go), List.of(qkv, cache));
        g.run(kind, s -> s, List.of(y, d.get(0), d.get(1)), (c, read) -> {
            double[] out = new double[2 * 3 * 5 * 8], dy = read.apply(y);
            for (int i = 0; i < out.length; i++) {
                int b = i / 120, h = i / 40 % 3, t = i / 8 % 5, e = i % 8;
                out[i] = dy[(b * 5 + t) * 24 + h * 8 + e];
            }
            c.check("attention", out);
            double[] dOwn = read.apply(d.get(0)), dCache = read.apply(d.get(1));
            c.check("grad.attention.q", unpack(dOwn, 5, dOwn, 0, 5, 5));
            c.check("grad.attention.k", unpack(dOwn, 5, dCache, 1, 5, 7));
            c.check("grad.attention.v", unpack(dOwn, 5, dCache, 2, 5, 7));
        });
    }

    /// (B,H,N,C) from token `from` on into part `part` of packed rows (B,count,3*24)
    private static void pack(double[] x, int n, double[] packed, int part, int from, int count) {
        for (int i = 0; i < 2 * 3 * count * 8; i++) {
            int b = i / (3 * count * 8), h = i / (count * 8) % 3, t = i / 8 % count, e = i % 8;
            packed[(b * count + t) * 72 + part * 24 + h * 8 + e] = x[((b * 3 + h) * n + from + t) * 8 + e];
        }
    }

    private static double[] unpack(double[] own, int ownCount, double[] cache, int part, int fromOwn, int n) {
        double[] x = new double[2 * 3 * n * 8];
        for (int i = 0; i < x.length; i++) {
            int b = i / (3 * n * 8), h = i / (n * 8) % 3, t = i / 8 % n, e = i % 8;
            boolean isOwn = t < fromOwn;
            double[] source = isOwn ? own : cache;
            int row = isOwn ? b * ownCount + t : b * 2 + t - fromOwn;
            x[i] = source[row * 72 + part * 24 + h * 8 + e];
        }
        return x;
    }

    /// (B,H,5,C) to (B,5,H*C)
    private static void rows(double[] x, double[] out) {
        for (int i = 0; i < out.length; i++) {
            int b = i / 120, t = i / 24 % 5, h = i / 8 % 3, e = i % 8;
            out[i] = x[((b * 3 + h) * 5 + t) * 8 + e];
        }
    }

    /// Masked attention as one masked pooling for each query.
    @ParameterizedTest
    @EnumSource
    void maskedAttention(TestedBackend kind) {
        GoldenGraph g = new GoldenGraph(UNITS);
        double[] q = new double[2 * 5 * 24],
                go = new double[2 * 5 * 24],
                mask = g.c.input("mask").data();
        rows(g.c.input("q").data(), q);
        rows(g.c.input("go").data(), go);
        List<Value> queries = new ArrayList<>(), outs = new ArrayList<>(), packed = new ArrayList<>();
        for (int b = 0; b < 2; b++) {
            double[] kv = new double[7 * 48];
            for (int i = 0; i < 3 * 7 * 8; i++) {
                int h = i / 56, t = i / 8 % 7, e = i % 8;
                kv[t * 48 + h * 8 + e] = g.c.input("k").data()[b * 168 + i];
                kv[t * 48 + 24 + h * 8 + e] = g.c.input("v").data()[b * 168 + i];
            }
            packed.add(g.given("kv" + b, Shape.of(1, 7, 48), kv));
            Value m = g.given("mask" + b, Shape.of(1, 7), Arrays.copyOfRange(mask, b * 7, b * 7 + 7));
            for (int i = 0; i < 5; i++) {
                int at = (b * 5 + i) * 24;
                queries.add(g.given("q" + b + i, Shape.of(24), Arrays.copyOfRange(q, at, at + 24)));
                outs.add(g.b.add(new AttentionOp.PoolAttention(queries.getLast(), packed.get(b), m, 3)));
            }
        }
        Value y = g.b.add(new TokenOp.Concat(outs, 0));
        List<Value> targets = new ArrayList<>(queries);
        targets.addAll(packed);
        List<Value> d = g.gradients(y, g.given("dy", y.shape(), go), targets);
        List<Value> read = new ArrayList<>(d);
        read.add(y);
        g.run(kind, s -> s, read, (c, reader) -> {
            c.check("attention_masked", heads(reader.apply(y)));
            double[] dq = d.subList(0, 10).stream()
                    .flatMapToDouble(v -> Arrays.stream(reader.apply(v)))
                    .toArray();
            c.check("grad.attention_masked.q", heads(dq));
            c.check("grad.attention_masked.k", keys(reader.apply(d.get(10)), reader.apply(d.get(11)), 0));
            c.check("grad.attention_masked.v", keys(reader.apply(d.get(10)), reader.apply(d.get(11)), 24));
        });
    }

    /// (B*5,H*C) to (B,H,5,C)
    private static double[] heads(double[] rows) {
        double[] x = new double[rows.length];
        for (int i = 0; i < x.length; i++) {
            int b = i / 120, h = i / 40 % 3, t = i / 8 % 5, e = i % 8;
            x[i] = rows[(b * 5 + t) * 24 + h * 8 + e];
        }
        return x;
    }

    private static double[] keys(double[] first, double[] second, int offset) {
        double[] x = new double[2 * 3 * 7 * 8];
        for (int i = 0; i < x.length; i++) {
            int h = i / 56 % 3, t = i / 8 % 7, e = i % 8;
            x[i] = (i < 168 ? first : second)[t * 48 + offset + h * 8 + e];
        }
        return x;
    }

    /// Patch embedding: cut patches, then a linear layer; the picture's gradient is the patches' put back.
    @ParameterizedTest
    @EnumSource
    void patchEmbedding(TestedBackend kind) {
        GoldenGraph g = new GoldenGraph(UNITS);
        Value cut = g.b.add(new ImageOp.CutPatches(g.in("img"), null, 12, 18, 6));
        Value weight = g.in("pw"), bias = g.in("pb");
        Value y = g.b.add(new LinearOp.Linear(cut, weight, bias)), dy = g.in("gp");
        List<Value> d = g.gradients(y, dy, List.of(cut, weight, bias));
        g.run(kind, s -> s, List.of(y, cut, d.get(0), d.get(1), d.get(2)), (c, read) -> {
            c.check("patch_conv", read.apply(y));
            c.check("patch_unfold", read.apply(y));
            c.check("grad.patch_conv.pw", read.apply(d.get(1)));
            c.check("grad.patch_conv.pb", read.apply(d.get(2)));
            double[] patches = read.apply(d.get(0)), image = new double[patches.length];
            for (int i = 0; i < image.length; i++) {
                int channel = i / 216, row = i / 18 % 12, column = i % 18;
                int at = (row / 6 * 3 + column / 6) * 108 + channel * 36 + row % 6 * 6 + column % 6;
                image[i] = patches[at];
            }
            c.check("grad.patch_conv.img", image);
        });
    }

    @Test
    void logSigmoid() {
        double[] x = UNITS.input("wide").data(), g = UNITS.input("gwide").data();
        UNITS.check(
                "logsigmoid", Arrays.stream(x).map(v -> -Functions.softplus(-v)).toArray());
        double[] slope = new double[x.length];
        Arrays.setAll(slope, i -> g[i] * Functions.sigmoid(-x[i]));
        UNITS.check("grad.logsigmoid.wide", slope);
        assertThat(x).hasSize(64);
    }
}
