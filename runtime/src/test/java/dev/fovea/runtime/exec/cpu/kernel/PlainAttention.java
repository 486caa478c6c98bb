package dev.fovea.runtime.exec.cpu.kernel;

import java.lang.foreign.MemorySegment;

/// Self-attention and its gradient as plain loops in double, with the whole row of scores in memory.
final class PlainAttention {
    final double[] y;
    final double[] logSumExp;
    final double[] dqkv;
    final double[] dcache;
    private final AttentionShape s;
    private final double[] qkv;
    private final double[] cache;
    private final double[] dy;

    PlainAttention(AttentionShape s, MemorySegment qkv, MemorySegment cache, MemorySegment dy) {
        this.s = s;
        this.qkv = Arrays32.doubles(qkv);
        this.cache = Arrays32.doubles(cache);
        this.dy = Arrays32.doubles(dy);
        y = new double[this.dy.length];
        logSumExp = new double[s.batch() * s.heads() * s.tokens()];
        dqkv = new double[this.qkv.length];
        dcache = new double[this.cache.length];
        for (int b = 0; b < s.batch(); b++) {
            for (int h = 0; h < s.heads(); h++) {
                for (int i = 0; i < s.tokens(); i++) {
                    query(b, h, i);
                }
            }
        }
    }

    private void query(int b, int h, int i) {
        int visible = s.causal() ? s.cached() + i + 1 : s.keys();
        double scale = 1 / Math.sqrt(s.headWidth());
        double[] p = new double[visible];
        double total = 0;
        for (int j = 0; j < visible; j++) {
            for (int e = 0; e < s.headWidth(); e++) {
                p[j] += qkv[(int) s.own(b, h, i, 0) + e] * source(j)[at(b, h, j, 1) + e] * scale;
            }
            p[j] = Math.exp(p[j]);
            total += p[j];
        }
        logSumExp[(int) s.query(b, h, i)] = Math.log(total);
        int out = (int) s.output(b, h, i);
        double[] dp = new double[visible];
        double mean = 0;
        for (int j = 0; j < visible; j++) {
            p[j] /= total;
            for (int e = 0; e < s.headWidth(); e++) {
                double v = source(j)[at(b, h, j, 2) + e];
                y[out + e] += p[j] * v;
                dp[j] += dy[out + e] * v;
                gradient(j)[at(b, h, j, 2) + e] += p[j] * dy[out + e];
            }
            mean += p[j] * dp[j];
        }
        for (int j = 0; j < visible; j++) {
            double ds = p[j] * (dp[j] - mean) * scale;
            for (int e = 0; e < s.headWidth(); e++) {
                dqkv[(int) s.own(b, h, i, 0) + e] += ds * source(j)[at(b, h, j, 1) + e];
                gradient(j)[at(b, h, j, 1) + e] += ds * qkv[(int) s.own(b, h, i, 0) + e];
            }
        }
    }

    private double[] source(int j) {
        return j < s.cached() ? cache : qkv;
    }

    private double[] gradient(int j) {
        return j < s.cached() ? dcache : dqkv;
    }

    private int at(int b, int h, int j, int part) {
        return (int) (j < s.cached() ? s.cache(b, h, j, part) : s.own(b, h, j - s.cached(), part));
    }
}
