package dev.fovea.runtime.exec.cpu.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;

/// Prints GFLOP/s of matrix products and attention: `KernelProbe [threads] [filter]`. With one thread the time
/// is CPU time, so that other processes disturb less; with more it is wall time. Not a benchmark with error
/// bars, a quick look while tuning.
final class KernelProbe {
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final int threads;
    private final String filter;

    private KernelProbe(int threads, String filter) {
        this.threads = threads;
        this.filter = filter;
    }

    public static void main(String[] arguments) {
        int threads = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1;
        KernelProbe probe = new KernelProbe(threads, arguments.length > 1 ? arguments[1] : "");
        try (Arena arena = Arena.ofShared();
                Workers workers = new Workers(threads)) {
            probe.peak(workers);
            probe.products(arena, new VectorGemm(workers));
            probe.attention(arena, workers, new AttentionShape(1, 3289, 0, 6, 64, false));
            probe.attention(arena, workers, new AttentionShape(1, 2560, 729, 3, 64, false));
            probe.attention(arena, workers, new AttentionShape(2, 1024, 0, 6, 64, false));
            probe.attention(arena, workers, new AttentionShape(16, 96, 81, 3, 64, false));
            probe.attention(arena, workers, new AttentionShape(16, 64, 0, 3, 64, false));
            probe.attention(arena, workers, new AttentionShape(32, 160, 64, 4, 32, false));
            probe.attention(arena, workers, new AttentionShape(1, 729, 0, 16, 72, false));
            probe.rows(arena, workers);
        }
    }

    /// The micro-kernel alone on operands that stay in the first-level cache: what the arithmetic units give.
    private void peak(Workers workers) {
        MicroKernel kernel = MicroKernel.preferred();
        int depth = 128;
        int calls = 5_000;
        time(
                "peak of the micro-kernel",
                2.0 * kernel.rows() * kernel.columns() * depth * calls * workers.count(),
                () -> workers.forRange(workers.count(), 1, (from, to, worker) -> {
                    float[] a = new float[kernel.rows() * depth];
                    float[] b = new float[kernel.columns() * depth];
                    float[] tile = new float[kernel.rows() * kernel.columns()];
                    for (int i = 0; i < calls; i++) {
                        kernel.multiplyAdd(tile, 0, a, 0, b, 0, depth);
                    }
                }));
    }

    private void products(Arena arena, Gemm gemm) {
        for (int size : new int[] {192, 384, 768, 1152}) {
            product(arena, gemm, false, false, 2048, size, size);
            product(arena, gemm, false, true, 2048, size, size);
            product(arena, gemm, true, false, size, size, 2048);
        }
        product(arena, gemm, false, true, 2048, 1536, 384);
        product(arena, gemm, false, true, 512, 512, 512);
        product(arena, gemm, false, false, 1024, 1024, 1024);
        product(arena, gemm, false, false, 2048, 2048, 2048);
        product(arena, gemm, false, true, 64, 192, 192);
    }

    private void product(Arena arena, Gemm gemm, boolean transA, boolean transB, int m, int n, int k) {
        MemorySegment a = Arrays32.random(arena, (long) m * k, 1, 1);
        MemorySegment b = Arrays32.random(arena, (long) k * n, 1, 2);
        MemorySegment c = Arrays32.empty(arena, (long) m * n);
        int lda = transA ? m : k;
        int ldb = transB ? k : n;
        String name = "gemm " + (transA ? "T" : "N") + (transB ? "T" : "N") + " " + m + "x" + n + "x" + k;
        time(name, 2.0 * m * n * k, () -> gemm.multiply(transA, transB, m, n, k, a, 0, lda, b, 0, ldb, c, 0, n, false));
    }

    /// Operations are counted as four (forward) and ten (backward) times queries, keys and width, whatever is
    /// computed twice.
    private void attention(Arena arena, Workers workers, AttentionShape s) {
        long tokens = (long) s.batch() * s.tokens();
        long cached = Math.max(1, (long) s.batch() * s.cached());
        MemorySegment qkv = Arrays32.random(arena, tokens * 3 * s.width(), 1, 1);
        MemorySegment cache = Arrays32.random(arena, cached * 3 * s.width(), 1, 2);
        MemorySegment y = Arrays32.empty(arena, tokens * s.width());
        MemorySegment lse = Arrays32.empty(arena, tokens * s.heads());
        MemorySegment dy = Arrays32.random(arena, tokens * s.width(), 1, 3);
        MemorySegment dqkv = Arrays32.empty(arena, tokens * 3 * s.width());
        MemorySegment dcache = Arrays32.empty(arena, cached * 3 * s.width());
        SelfAttention forward = new SelfAttention(workers);
        forward.reserve(s);
        SelfAttentionGradient backward = new SelfAttentionGradient(workers);
        backward.reserve(s);
        String name = s.batch() + "x" + s.heads() + "x" + s.tokens() + "x" + s.keys() + "x" + s.headWidth();
        double product = (double) tokens * s.keys() * s.width();
        time("attention " + name, 4 * product, () -> forward.run(s, y, lse, qkv, cache));
        time("attention gradient " + name, 10 * product, () -> backward.run(s, dqkv, dcache, qkv, cache, y, lse, dy));
    }

    /// Work that is bound by memory, in operations of one a byte moved: GB/s.
    private void rows(Arena arena, Workers workers) {
        int rows = 4096;
        int width = 768;
        int all = rows * width;
        MemorySegment x = Arrays32.random(arena, all, 3, 1);
        MemorySegment dy = Arrays32.random(arena, all, 3, 2);
        MemorySegment y = Arrays32.empty(arena, all);
        MemorySegment gamma = Arrays32.random(arena, width, 3, 3);
        MemorySegment sums = Arrays32.empty(arena, 2L * 64 * width);
        time(
                "layer norm, GB/s",
                8.0 * all,
                () -> workers.forRange(
                        rows, 16, (from, to, _) -> LayerNorm.forward(y, x, gamma, gamma, width, 1e-6f, from, to)));
        time(
                "layer norm gradient, GB/s",
                12.0 * all,
                () -> workers.forRange(64, 1, (from, to, _) -> {
                    for (int k = from; k < to; k++) {
                        LayerNorm.backward(
                                y,
                                sums,
                                2L * k * width,
                                x,
                                gamma,
                                dy,
                                width,
                                1e-6f,
                                k * rows / 64,
                                (k + 1) * rows / 64);
                    }
                }));
        time("gelu, GB/s", 8.0 * all, () -> workers.forRange(all, 1, (from, to, _) -> Gelu.exact(y, x, from, to)));
        time(
                "gelu gradient, GB/s",
                12.0 * all,
                () -> workers.forRange(all, 1, (from, to, _) -> Gelu.exactBackward(y, x, dy, from, to)));
        time("gelu tanh, GB/s", 8.0 * all, () -> workers.forRange(all, 1, (from, to, _) -> Gelu.tanh(y, x, from, to)));
        time(
                "gelu tanh gradient, GB/s",
                12.0 * all,
                () -> workers.forRange(all, 1, (from, to, _) -> Gelu.tanhBackward(y, x, dy, from, to)));
        time(
                "add, GB/s",
                12.0 * all,
                () -> workers.forRange(all, 1, (from, to, _) -> Pointwise.add(y, x, dy, from, to)));
        time(
                "column sums, GB/s",
                4.0 * all,
                () -> workers.forRange(
                        64 * ColumnSums.strips(width),
                        1,
                        (from, to, _) -> ColumnSums.blocks(sums, x, rows, width, 64, from, to)));
        MemorySegment m = Arrays32.random(arena, all, 1, 4);
        MemorySegment v = Arrays32.random(arena, all, 0, 4);
        AdamW adamw = new AdamW(0.9, 0.95, 1e-8, 0.1, -100, 100);
        adamw.prepare(1e-3, 0.1, 0.05, 1);
        time(
                "adamw, GB/s",
                28.0 * all,
                () -> workers.forRange(all, 1, (from, to, _) -> adamw.update(y, m, v, dy, from, to)));
    }

    private void time(String name, double operations, Runnable body) {
        if (!name.contains(filter)) {
            return;
        }
        long begin = now();
        while (now() - begin < 300_000_000L) {
            body.run();
        }
        double[] seconds = new double[200];
        int count = 0;
        begin = now();
        while (count < seconds.length && (count < 5 || now() - begin < 500_000_000L)) {
            long start = now();
            body.run();
            seconds[count++] = (now() - start) * 1e-9;
        }
        Arrays.sort(seconds, 0, count);
        double typical = seconds[count / 4];
        System.out.printf(
                Locale.ROOT, "%-42s %9.3f ms %8.1f GFLOP/s%n", name, typical * 1e3, operations / typical * 1e-9);
    }

    private long now() {
        return threads == 1 ? THREADS.getCurrentThreadCpuTime() : System.nanoTime();
    }
}
