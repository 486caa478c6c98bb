package dev.fovea.runtime.ir;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Multi-head attention: softmax(q kT / sqrt(C)) v. Heads are contiguous ranges of the width.
///
/// The low-resolution keys and values that high-resolution tokens attend to are no concept of their own: they
/// are the
/// packed qkv value of the low pass, read again. The gradient into them follows.
///
/// Legend: B batch, N tokens, M cached tokens, D width, H heads, C = D / H.
public final class AttentionOp {
    private AttentionOp() {}

    /// Forward ops of the family.
    public sealed interface Forward extends Op.Differentiable permits SelfAttention, PoolAttention {}

    /// Backward ops of the family.
    public sealed interface Backward extends Op permits SelfAttentionBackward, PoolAttentionBackward {}

    /// qkv (B,N,3D), cache (B,M,3D) or none -> y (B,N,D), logSumExp (B,H,N). A row of qkv holds query, key and
    /// value.
    /// Keys
    /// are those of the cache, then the own ones. `causal` hides later own tokens.
    public record SelfAttention(Value qkv, @Nullable Value cache, int heads, boolean causal) implements Forward {
        @Override
        public List<Value> inputs() {
            return cache == null ? List.of(qkv) : List.of(qkv, cache);
        }

        /// D
        public int width() {
            return qkv.shape().dim(2) / 3;
        }

        /// M, 0 without a cache
        public int cached() {
            return cache == null ? 0 : cache.shape().dim(1);
        }

        @Override
        public List<Shape> outputShapes() {
            Check.that(
                    qkv.shape().rank() == 3 && qkv.shape().dim(2) % (3 * heads) == 0,
                    "attention: %s, %s heads",
                    qkv,
                    heads);
            Check.that(
                    cache == null
                            || (cache.shape().dim(0) == qkv.shape().dim(0)
                                    && cache.shape().dim(2) == qkv.shape().dim(2)),
                    "attention: qkv %s, cache %s",
                    qkv,
                    cache + "");
            int batch = qkv.shape().dim(0), n = qkv.shape().dim(1);
            return List.of(Shape.of(batch, n, width()), Shape.of(batch, heads, n));
        }

        /// Element of the packed data of key (part 1) or value (part 2) `j`, counted over cache and own tokens.
        private double packed(double[][] in, int b, int j, int part, int channel) {
            int d = width(), m = cached(), n = qkv.shape().dim(1);
            boolean own = j >= m;
            return own
                    ? in[0][((b * n) + j - m) * 3 * d + part * d + channel]
                    : in[1][((b * m) + j) * 3 * d + part * d + channel];
        }

        /// Scaled scores of query i of head h, over the keys it may see; the count of those is the length.
        double[] scores(double[][] in, int b, int h, int i) {
            int d = width(), c = d / heads, n = qkv.shape().dim(1), keys = cached() + (causal ? i + 1 : n);
            double[] s = new double[keys];
            for (int j = 0; j < keys; j++) {
                for (int e = h * c; e < (h + 1) * c; e++) {
                    s[j] += in[0][(b * n + i) * 3 * d + e] * packed(in, b, j, 1, e);
                }
                s[j] /= Math.sqrt(c);
            }
            return s;
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int n = qkv.shape().dim(1), d = width(), c = d / heads;
            for (int b = 0; b < qkv.shape().dim(0); b++) {
                for (int h = 0; h < heads; h++) {
                    for (int i = 0; i < n; i++) {
                        double[] s = scores(in, b, h, i);
                        double lse = logSumExp(s);
                        out[1][(b * heads + h) * n + i] = lse;
                        for (int e = h * c; e < (h + 1) * c; e++) {
                            for (int j = 0; j < s.length; j++) {
                                out[0][(b * n + i) * d + e] += Math.exp(s[j] - lse) * packed(in, b, j, 2, e);
                            }
                        }
                    }
                }
            }
        }

        @Override
        public long flops() {
            long n = qkv.shape().dim(1);
            return 4L * qkv.shape().dim(0) * n * (n + cached()) * width();
        }

        @Override
        public List<@Nullable Value> gradient(GraphBuilder b, List<Value> outputs, List<@Nullable Value> dys) {
            Check.that(dys.get(1) == null, "no gradient flows through the log-sum-exp of %s", qkv);
            Value dy = dys.getFirst();
            return dy == null
                    ? List.of()
                    : new ArrayList<>(b.addAll(new SelfAttentionBackward(this, outputs.get(0), outputs.get(1), dy)));
        }
    }

    static double logSumExp(double[] s) {
        double max = Double.NEGATIVE_INFINITY, sum = 0;
        for (double v : s) {
            max = Math.max(max, v);
        }
        for (double v : s) {
            sum += Math.exp(v - max);
        }
        return max + Math.log(sum);
    }

    /// qkv, cache, y (B,N,D), logSumExp (B,H,N), dy (B,N,D) -> dqkv (B,N,3D), dcache (B,M,3D) whose query part
    /// is 0.
    /// The probabilities are computed again from the scores instead of being kept.
    public record SelfAttentionBackward(SelfAttention of, Value y, Value logSumExp, Value dy) implements Backward {
        @Override
        public List<Value> inputs() {
            return of.cache == null ? List.of(of.qkv, y, logSumExp, dy) : List.of(of.qkv, of.cache, y, logSumExp, dy);
        }

        @Override
        public List<Shape> outputShapes() {
            return of.cache == null ? List.of(of.qkv.shape()) : List.of(of.qkv.shape(), of.cache.shape());
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            for (int b = 0; b < of.qkv.shape().dim(0); b++) {
                for (int h = 0; h < of.heads; h++) {
                    for (int i = 0; i < of.qkv.shape().dim(1); i++) {
                        query(in, out, b, h, i);
                    }
                }
            }
        }

        private void query(double[][] in, double[][] out, int b, int h, int i) {
            int n = of.qkv.shape().dim(1), d = of.width(), c = d / of.heads, m = of.cached();
            double[] gradient = in[in.length - 1], s = of.scores(in, b, h, i), dp = new double[s.length];
            double lse = AttentionOp.logSumExp(s), dot = 0;
            for (int j = 0; j < s.length; j++) {
                s[j] = Math.exp(s[j] - lse);
                double[] target = j < m ? out[1] : out[0];
                int row = j < m ? b * m + j : b * n + j - m;
                for (int e = h * c; e < (h + 1) * c; e++) {
                    double g = gradient[(b * n + i) * d + e];
                    dp[j] += g * of.packed(in, b, j, 2, e);
                    target[row * 3 * d + 2 * d + e] += s[j] * g;
                }
                dot += dp[j] * s[j];
            }
            for (int j = 0; j < s.length; j++) {
                double ds = s[j] * (dp[j] - dot) / Math.sqrt(c);
                double[] target = j < m ? out[1] : out[0];
                int row = j < m ? b * m + j : b * n + j - m;
                for (int e = h * c; e < (h + 1) * c; e++) {
                    out[0][(b * n + i) * 3 * d + e] += ds * of.packed(in, b, j, 1, e);
                    target[row * 3 * d + d + e] += ds * in[0][(b * n + i) * 3 * d + e];
                }
            }
        }

        @Override
        public long flops() {
            return of.flops() * 5 / 2;
        }
    }

    /// query (D), kv (B,N,2D), mask (B,N) or none -> y (B,D): one query for all; keys whose mask is 0 do not
    /// take part,
    /// but a row without any key left takes all. A row of kv holds key and value.
    public record PoolAttention(
            Value query, Value kv, @Nullable Value mask, int heads) implements Forward {
        @Override
        public List<Value> inputs() {
            return mask == null ? List.of(query, kv) : List.of(query, kv, mask);
        }

        @Override
        public List<Shape> outputShapes() {
            int d = query.shape().elements();
            Check.that(
                    kv.shape().rank() == 3 && kv.shape().dim(2) == 2 * d && d % heads == 0,
                    "pool: query %s, kv %s",
                    query,
                    kv);
            Check.that(
                    mask == null
                            || mask.shape()
                                    .equals(Shape.of(
                                            kv.shape().dim(0), kv.shape().dim(1))),
                    "pool: kv %s, mask %s",
                    kv,
                    mask + "");
            return List.of(Shape.of(kv.shape().dim(0), d));
        }

        /// Probability of each key of one row and head.
        double[] probabilities(double[][] in, int b, int h) {
            int n = kv.shape().dim(1), d = query.shape().elements(), c = d / heads;
            boolean any = false;
            for (int j = 0; j < n && mask != null; j++) {
                any |= in[2][b * n + j] != 0;
            }
            double[] s = new double[n];
            for (int j = 0; j < n; j++) {
                for (int e = h * c; e < (h + 1) * c; e++) {
                    s[j] += in[0][e] * in[1][(b * n + j) * 2 * d + e] / Math.sqrt(c);
                }
                if (any && in[2][b * n + j] == 0) {
                    s[j] = Double.NEGATIVE_INFINITY;
                }
            }
            double lse = logSumExp(s);
            for (int j = 0; j < n; j++) {
                s[j] = Math.exp(s[j] - lse);
            }
            return s;
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int n = kv.shape().dim(1), d = query.shape().elements(), c = d / heads;
            for (int b = 0; b < kv.shape().dim(0); b++) {
                for (int h = 0; h < heads; h++) {
                    double[] p = probabilities(in, b, h);
                    for (int j = 0; j < n; j++) {
                        for (int e = h * c; e < (h + 1) * c; e++) {
                            out[0][b * d + e] += p[j] * in[1][(b * n + j) * 2 * d + d + e];
                        }
                    }
                }
            }
        }

        @Override
        public long flops() {
            return 2L * kv.shape().elements();
        }

        @Override
        public List<@Nullable Value> gradient(GraphBuilder b, List<Value> outputs, List<@Nullable Value> dys) {
            Value dy = dys.getFirst();
            if (dy == null) {
                return List.of();
            }
            List<@Nullable Value> gradients = new ArrayList<>(b.addAll(new PoolAttentionBackward(this, dy)));
            if (mask != null) {
                gradients.add(null);
            }
            return gradients;
        }
    }

    /// query, kv, mask, dy (B,D) -> dquery (D) summed over the batch, dkv (B,N,2D)
    public record PoolAttentionBackward(PoolAttention of, Value dy) implements Backward {
        @Override
        public List<Value> inputs() {
            List<Value> all = new ArrayList<>(of.inputs());
            all.add(dy);
            return all;
        }

        @Override
        public List<Shape> outputShapes() {
            return List.of(of.query.shape(), of.kv.shape());
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int n = of.kv.shape().dim(1), d = of.query.shape().elements(), c = d / of.heads;
            double[] gradient = in[in.length - 1];
            for (int b = 0; b < of.kv.shape().dim(0); b++) {
                for (int h = 0; h < of.heads; h++) {
                    double[] p = of.probabilities(in, b, h), dp = new double[n];
                    double dot = 0;
                    for (int j = 0; j < n; j++) {
                        for (int e = h * c; e < (h + 1) * c; e++) {
                            dp[j] += gradient[b * d + e] * in[1][(b * n + j) * 2 * d + d + e];
                            out[1][(b * n + j) * 2 * d + d + e] = p[j] * gradient[b * d + e];
                        }
                        dot += dp[j] * p[j];
                    }
                    for (int j = 0; j < n; j++) {
                        double ds = p[j] * (dp[j] - dot) / Math.sqrt(c);
                        for (int e = h * c; e < (h + 1) * c; e++) {
                            out[0][e] += ds * in[1][(b * n + j) * 2 * d + e];
                            out[1][(b * n + j) * 2 * d + e] = ds * in[0][e];
                        }
                    }
                }
            }
        }

        @Override
        public long flops() {
            return of.flops() * 2;
        }
    }
}
