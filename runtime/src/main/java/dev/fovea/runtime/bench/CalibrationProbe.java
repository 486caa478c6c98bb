package dev.fovea.runtime.bench;

import dev.fovea.dsl.run.StoreException;
import dev.fovea.dsl.spec.RunSpec;
import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.ir.AttentionOp;
import dev.fovea.runtime.ir.ConvolutionOp;
import dev.fovea.runtime.ir.ImageOp;
import dev.fovea.runtime.ir.LinearOp;
import dev.fovea.runtime.ir.NormOp;
import dev.fovea.runtime.ir.Op;
import dev.fovea.runtime.ir.PointwiseOp;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.ir.UpdateOp;
import dev.fovea.runtime.ir.Value;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/// Measures the points of a [Calibration]: some twenty ops, a tenth of a second each, kept in the user's cache.
public final class CalibrationProbe {
    /// Raised when the points change, so that older answers are not used.
    static final int VERSION = 1;

    private static final long STEADY = 60_000_000L, MEASURED = 40_000_000L, MOST = 2_000_000_000L;
    private static final int STEADY_RUNS = 5;

    private final List<Function<OneOp.Inputs, Op>> ops = new ArrayList<>();

    private CalibrationProbe() {}

    /// What an earlier probe found, if there was one.
    ///
    /// @param cacheFolder where the user's caches are
    public static Optional<Calibration> known(Path cacheFolder, RunSpec.Gemm gemm, int threads) {
        return new ProbeCache(cacheFolder)
                .read(key(gemm, threads), Calibration.class)
                .filter(CalibrationProbe::whole);
    }

    /// What an earlier probe found, or a new probe, which is then kept.
    ///
    /// @param cacheFolder where the user's caches are; one that cannot be written does no harm
    /// @throws dev.fovea.runtime.train.RunException of kind BACKEND if the provider of products is not there
    public static Calibration of(Path cacheFolder, RunSpec.Gemm gemm, int threads) {
        return known(cacheFolder, gemm, threads).orElseGet(() -> anew(cacheFolder, gemm, threads));
    }

    /// A new probe, which replaces what was kept.
    ///
    /// @param cacheFolder where the user's caches are; one that cannot be written does no harm
    /// @throws dev.fovea.runtime.train.RunException of kind BACKEND if the provider of products is not there
    public static Calibration anew(Path cacheFolder, RunSpec.Gemm gemm, int threads) {
        Calibration now = measure(MachineProbe.probe(cacheFolder, threads), gemm, threads);
        try {
            new ProbeCache(cacheFolder).write(key(gemm, threads), now);
        } catch (StoreException _) {
            // A cache that cannot be written is no reason to fail; the next call probes again.
        }
        return now;
    }

    private static boolean whole(Calibration c) {
        return Arrays.stream(Family.values())
                .allMatch(family ->
                        c.points().stream().anyMatch(p -> p.family() == family && p.seconds() > 0 && p.amount() > 0));
    }

    private static ProbeCache.Key key(RunSpec.Gemm gemm, int threads) {
        RunSpec.Gemm meant = gemm == RunSpec.Gemm.AUTO ? KernelCases.providers().getLast() : gemm;
        return ProbeCache.Key.of("ops-" + meant.name().toLowerCase(Locale.ROOT), VERSION, threads);
    }

    /// Measures now.
    static Calibration measure(MachineRates machine, RunSpec.Gemm gemm, int threads) {
        try (Backend backend = KernelCases.open(gemm, threads)) {
            return new Calibration(
                    machine, ops().stream().map(op -> point(backend, op)).toList());
        }
    }

    /// What is measured, small sizes of each family first.
    static List<Function<OneOp.Inputs, Op>> ops() {
        CalibrationProbe probe = new CalibrationProbe();
        probe.arithmetic();
        probe.rows(256, 192);
        probe.rows(4096, 768);
        return probe.ops;
    }

    private void arithmetic() {
        add(x -> new LinearOp.Linear(x.floats(64, 192), x.floats(192, 192), null));
        add(x -> new LinearOp.Linear(x.floats(2048, 192), x.floats(192, 192), null));
        add(x -> new LinearOp.LinearBackwardWeight(x.floats(2048, 768), x.floats(2048, 768), Shape.of(768, 768)));
        attention(16, 64);
        attention(1, 1280);
        convolution(16, 48);
        convolution(28, 512);
        add(x -> new ImageOp.CutPatches(x.floats(1, 3, 756, 756), x.indices(729, 1, 400), 378, 378, 14));
    }

    private void attention(int batch, int tokens) {
        Function<OneOp.Inputs, AttentionOp.SelfAttention> forward =
                x -> new AttentionOp.SelfAttention(x.floats(batch, tokens, 3 * 192), null, 3, false);
        add(forward::apply);
        add(x -> {
            AttentionOp.SelfAttention of = forward.apply(x);
            Value logSumExp = x.constant(Math.log(tokens), batch, 3, tokens);
            return new AttentionOp.SelfAttentionBackward(
                    of, x.floats(batch, tokens, 192), logSumExp, x.floats(batch, tokens, 192));
        });
    }

    private void convolution(int grid, int channels) {
        int cells = grid * grid;
        add(x -> new ConvolutionOp.DepthwiseConvolution(
                x.floats(1, cells, channels), x.floats(channels, 1, 7, 7), x.floats(channels), grid, grid));
        add(x -> new ConvolutionOp.DepthwiseBackwardWeight(
                x.floats(1, cells, channels), x.floats(1, cells, channels), Shape.of(channels, 1, 7, 7), grid, grid));
    }

    private void rows(int rows, int width) {
        add(x -> new NormOp.LayerNorm(x.floats(rows, width), x.floats(width), x.floats(width), 1e-6));
        add(x -> new NormOp.LayerNormBackward(x.floats(rows, width), x.floats(width), x.floats(rows, width), 1e-6));
        add(x -> new PointwiseOp.Gelu(x.floats(rows, width), PointwiseOp.GeluKind.ERF));
        add(x -> new PointwiseOp.Add(x.floats(rows, width), x.floats(rows, width)));
        UpdateOp.Hyper hyper =
                new UpdateOp.Hyper(0.9, 0.95, 1e-8, 0.1, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
        add(x -> {
            Value parameter = x.parameter(-1, 1, rows, width);
            Value first = x.parameter(-1e-3, 1e-3, rows, width);
            Value second = x.parameter(1e-6, 1e-5, rows, width);
            Value gradient = x.floats(rows, width);
            return new UpdateOp.AdamW(parameter, first, second, gradient, x.constant(1e-3, 3), null, hyper);
        });
    }

    private void add(Function<OneOp.Inputs, Op> make) {
        ops.add(make);
    }

    private static Calibration.Point point(Backend backend, Function<OneOp.Inputs, Op> make) {
        Op op = OneOp.describe(make);
        Family family = Family.of(op);
        try (OneOp one = OneOp.of(backend, make)) {
            return new Calibration.Point(family, family.amount(op), seconds(one));
        }
    }

    /// The lower quartile of the times once the kernel is steady: whatever else the machine does, and the compiler on
    /// the other cores, can only make it slower.
    private static double seconds(OneOp one) {
        warm(one);
        List<Double> times = new ArrayList<>();
        long begin = System.nanoTime();
        while (times.size() < STEADY_RUNS || System.nanoTime() - begin < MEASURED) {
            long start = System.nanoTime();
            one.run();
            times.add((System.nanoTime() - start) * 1e-9);
        }
        return Quartiles.of(times.stream().mapToDouble(x -> x).toArray()).low();
    }

    /// Runs until no run was faster by a tenth than all before for a while.
    private static void warm(OneOp one) {
        long begin = System.nanoTime();
        long now = begin;
        long improved = begin;
        long best = Long.MAX_VALUE;
        int runs = 0;
        while (now - begin < MOST && (now - improved < STEADY || runs < STEADY_RUNS)) {
            one.run();
            long end = System.nanoTime();
            runs++;
            if (end - now < 0.9 * best) {
                best = end - now;
                improved = end;
                runs = 0;
            }
            now = end;
        }
    }
}
