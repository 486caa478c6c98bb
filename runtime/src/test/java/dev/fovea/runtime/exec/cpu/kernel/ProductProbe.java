package dev.fovea.runtime.exec.cpu.kernel;

import dev.fovea.dsl.spec.PrecisionSpec;
import dev.fovea.dsl.spec.RunSpec;
import dev.fovea.runtime.exec.cpu.Gemms;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// Prints GFLOP/s of products by each provider, alternating, as shares of the measured peak: `ProductProbe
/// [threads] [transformer|small|divide]`. With one thread the time is CPU time, so that other processes disturb less;
/// with more it is wall time.
final class ProductProbe {
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int ROUNDS = 5;

    private final int threads;

    private ProductProbe(int threads) {
        this.threads = threads;
    }

    public static void main(String[] arguments) {
        int threads = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1;
        String what = arguments.length > 1 ? arguments[1] : "transformer";
        try (Workers workers = new Workers(threads)) {
            Map<String, Gemm> providers = new LinkedHashMap<>();
            providers.put("java", new VectorGemm(workers));
            Gemms halves = Gemms.open(RunSpec.Gemm.AUTO, PrecisionSpec.Compute.BF16, workers);
            providers.put("onednn", halves.floats());
            providers.put("bf16", halves.linear());
            System.out.println(halves.choice().text());
            ProductProbe probe = new ProductProbe(threads);
            double peak = probe.peak(workers);
            System.out.printf(Locale.ROOT, "peak %.1f GFLOP/s%n", peak);
            if (what.equals("small")) {
                for (int size : new int[] {1, 2, 4, 8, 16, 24, 32, 48, 64, 96, 128}) {
                    probe.product(providers, peak, false, true, size, size, size);
                    probe.product(providers, peak, false, false, size, size, size);
                }
                probe.product(providers, peak, false, true, 1, 768, 768);
                probe.product(providers, peak, false, true, 8, 768, 768);
                probe.product(providers, peak, true, false, 768, 768, 8);
            } else {
                probe.transformer(providers, peak);
            }
        }
    }

    private void transformer(Map<String, Gemm> providers, double peak) {
        int[][] layers = {{192, 192}, {576, 192}, {768, 192}, {192, 768}, {768, 768}, {1152, 1152}, {4304, 1152}};
        for (int rows : new int[] {2048, 4096}) {
            for (int[] layer : layers) {
                product(providers, peak, false, true, rows, layer[0], layer[1]);
                product(providers, peak, false, false, rows, layer[1], layer[0]);
                product(providers, peak, true, false, layer[0], layer[1], rows);
            }
        }
    }

    private double peak(Workers workers) {
        MicroKernel kernel = MicroKernel.preferred();
        int depth = 128;
        int calls = 3_000;
        double flops = 2.0 * kernel.rows() * kernel.columns() * depth * calls * workers.count();
        Runnable body = () -> workers.forRange(workers.count(), 1, (from, to, worker) -> {
            float[] a = new float[kernel.rows() * depth];
            float[] b = new float[kernel.columns() * depth];
            float[] tile = new float[kernel.rows() * kernel.columns()];
            for (int i = 0; i < calls; i++) {
                kernel.multiplyAdd(tile, 0, a, 0, b, 0, depth);
            }
        });
        double best = Double.POSITIVE_INFINITY;
        for (int round = 0; round < 2 * ROUNDS; round++) {
            best = Math.min(best, seconds(body));
        }
        return flops / best * 1e-9;
    }

    private void product(
            Map<String, Gemm> providers, double peak, boolean transA, boolean transB, int m, int n, int k) {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment a = Arrays32.random(arena, (long) m * k, 1, 1);
            MemorySegment b = Arrays32.random(arena, (long) k * n, 1, 2);
            MemorySegment c = Arrays32.empty(arena, (long) m * n);
            int lda = transA ? m : k;
            int ldb = transB ? k : n;
            Map<String, double[]> times = new LinkedHashMap<>();
            for (int round = 0; round < ROUNDS; round++) {
                for (Map.Entry<String, Gemm> provider : providers.entrySet()) {
                    Gemm gemm = provider.getValue();
                    times.computeIfAbsent(provider.getKey(), _ -> new double[ROUNDS])[round] =
                            seconds(() -> gemm.multiply(transA, transB, m, n, k, a, 0, lda, b, 0, ldb, c, 0, n, false));
                }
            }
            StringBuilder line = new StringBuilder();
            line.append(
                    String.format(Locale.ROOT, "%s%s %5dx%5dx%5d", transA ? "T" : "N", transB ? "T" : "N", m, n, k));
            times.forEach((name, all) -> {
                Arrays.sort(all);
                double rate = 2.0 * m * n * k / all[ROUNDS / 4] * 1e-9;
                line.append(String.format(
                        Locale.ROOT,
                        "  %s %9.0f ns %6.1f (%3.0f%%)",
                        name,
                        all[ROUNDS / 4] * 1e9,
                        rate,
                        100 * rate / peak));
            });
            System.out.println(line);
        }
    }

    /// Seconds of one call: the lower quartile of calls that take 0.1 s together.
    private double seconds(Runnable body) {
        body.run();
        int calls = 1;
        double[] samples = new double[2_000];
        int count = 0;
        long begin = now();
        while (count < samples.length && (count < 3 || now() - begin < 60_000_000L)) {
            long start = now();
            for (int i = 0; i < calls; i++) {
                body.run();
            }
            long taken = now() - start;
            if (taken < 50_000 && calls < 1 << 12) { // too short to be read from the clock
                calls *= 2;
                continue;
            }
            samples[count++] = taken * 1e-9 / calls;
        }
        Arrays.sort(samples, 0, count);
        return samples[count / 4];
    }

    private long now() {
        return threads == 1 ? THREADS.getCurrentThreadCpuTime() : System.nanoTime();
    }
}
