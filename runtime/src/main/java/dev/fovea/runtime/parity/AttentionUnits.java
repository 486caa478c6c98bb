package dev.fovea.runtime.parity;

import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.ir.AttentionOp;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.ir.TokenOp;
import dev.fovea.runtime.ir.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Attention of recorded queries q (B,H,N,C) over keys and values k, v (B,H,M,C), without and with a mask (B,M).
///
/// Legend: D = H*C.
final class AttentionUnits {
    private final GoldenCase c;
    private final int batch;
    private final int heads;
    private final int n;
    private final int size;
    private final int m;
    private final int width;

    private AttentionUnits(GoldenCase c) {
        this.c = c;
        Shape q = c.input("q").dims(), k = c.input("k").dims();
        batch = q.dim(0);
        heads = q.dim(1);
        n = q.dim(2);
        size = q.dim(3);
        m = k.dim(2);
        width = heads * size;
    }

    static void run(GoldenCase c, Backend backend, Findings out) {
        if (out.wants("attention")) {
            new AttentionUnits(c).plain(backend, out);
        }
        if (out.wants("attention_masked")) {
            new AttentionUnits(c).masked(backend, out);
        }
    }

    private double[] rows(String input, int count) {
        return Layout.joined(c.input(input).data(), batch, heads, count, size);
    }

    private double[] split(double[] rows, int count) {
        return Layout.split(rows, batch, heads, count, size);
    }

    /// The first N keys are those of the tokens themselves, the others those of a cache.
    private void plain(Backend backend, Findings out) {
        if (m <= n) {
            throw new GoldenException(c.name() + ": attention with " + m + " keys for " + n
                    + " queries is not built: a token always attends to itself");
        }
        ParityGraph g = new ParityGraph(c);
        double[] own = new double[batch * n * 3 * width], cached = new double[batch * (m - n) * 3 * width];
        Layout.pack(rows("q", n), width, own, 0, 3);
        for (int part = 1; part <= 2; part++) {
            double[] all = rows(part == 1 ? "k" : "v", m);
            Layout.pack(tokens(all, 0, n), width, own, part, 3);
            Layout.pack(tokens(all, n, m), width, cached, part, 3);
        }
        Value qkv = g.given("qkv", Shape.of(batch, n, 3 * width), own);
        Value cache = g.given("cache", Shape.of(batch, m - n, 3 * width), cached);
        Value y = g.builder().add(new AttentionOp.SelfAttention(qkv, cache, heads, false));
        List<Value> d = g.gradients(y, g.given("dy", y.shape(), rows("go", n)), List.of(qkv, cache));
        Map<Value, double[]> found = g.run(backend, List.of(y, d.get(0), d.get(1)));
        out.check("attention", split(Findings.of(y, found), n));
        double[] dOwn = Findings.of(d.get(0), found), dCache = Findings.of(d.get(1), found);
        out.check("grad.attention.q", split(Layout.part(dOwn, width, 0, 3), n));
        for (int part = 1; part <= 2; part++) {
            double[] all = joined(Layout.part(dOwn, width, part, 3), Layout.part(dCache, width, part, 3));
            out.check("grad.attention." + (part == 1 ? "k" : "v"), split(all, m));
        }
    }

    /// Tokens `from` to `to` of rows (B,M,D)
    private double[] tokens(double[] rows, int from, int to) {
        double[] out = new double[batch * (to - from) * width];
        for (int b = 0; b < batch; b++) {
            System.arraycopy(rows, (b * m + from) * width, out, b * (to - from) * width, (to - from) * width);
        }
        return out;
    }

    /// Rows (B,N,D) and (B,M-N,D) to (B,M,D)
    private double[] joined(double[] own, double[] cached) {
        double[] out = new double[batch * m * width];
        for (int b = 0; b < batch; b++) {
            System.arraycopy(own, b * n * width, out, b * m * width, n * width);
            System.arraycopy(cached, b * (m - n) * width, out, (b * m + n) * width, (m - n) * width);
        }
        return out;
    }

    /// One masked pooling for each query.
    private void masked(Backend backend, Findings out) {
        ParityGraph g = new ParityGraph(c);
        double[] q = rows("q", n), mask = c.input("mask").data(), kv = new double[batch * m * 2 * width];
        Layout.pack(rows("k", m), width, kv, 0, 2);
        Layout.pack(rows("v", m), width, kv, 1, 2);
        List<Value> queries = new ArrayList<>(), outs = new ArrayList<>(), packed = new ArrayList<>();
        for (int b = 0; b < batch; b++) {
            int block = m * 2 * width;
            double[] own = Arrays.copyOfRange(kv, b * block, (b + 1) * block);
            packed.add(g.given("kv" + b, Shape.of(1, m, 2 * width), own));
            Value seen = g.given("mask" + b, Shape.of(1, m), Arrays.copyOfRange(mask, b * m, (b + 1) * m));
            for (int i = 0; i < n; i++) {
                int at = (b * n + i) * width;
                queries.add(g.given("q" + b + "." + i, Shape.of(width), Arrays.copyOfRange(q, at, at + width)));
                outs.add(g.builder().add(new AttentionOp.PoolAttention(queries.getLast(), packed.get(b), seen, heads)));
            }
        }
        Value y = g.builder().add(new TokenOp.Concat(outs, 0));
        List<Value> targets = new ArrayList<>(queries);
        targets.addAll(packed);
        List<Value> d = g.gradients(y, g.given("dy", y.shape(), rows("go", n)), targets);
        List<Value> read = new ArrayList<>(d);
        read.add(y);
        Map<Value, double[]> found = g.run(backend, read);
        out.check("attention_masked", split(Findings.of(y, found), n));
        out.check("grad.attention_masked.q", split(all(d.subList(0, batch * n), found), n));
        double[] dkv = all(d.subList(batch * n, d.size()), found);
        out.check("grad.attention_masked.k", split(Layout.part(dkv, width, 0, 2), m));
        out.check("grad.attention_masked.v", split(Layout.part(dkv, width, 1, 2), m));
    }

    private static double[] all(List<Value> values, Map<Value, double[]> found) {
        return values.stream()
                .flatMapToDouble(v -> Arrays.stream(Findings.of(v, found)))
                .toArray();
    }
}
