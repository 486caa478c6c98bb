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
                Locale.ROOT, "%-32s %9.3f ms %8.1f GFLOP/s%n", name, typical * 1e3, operations / typical * 1e-9);
    }

    private long now() {
        return threads == 1 ? THREADS.getCurrentThreadCpuTime() : System.nanoTime();
    }
}
