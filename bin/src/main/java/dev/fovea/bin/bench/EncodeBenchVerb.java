package dev.fovea.bin.bench;

import dev.fovea.bin.ExitCode;
import dev.fovea.bin.Fovea;
import dev.fovea.bin.UserError;
import dev.fovea.bin.terminal.ProgressLine;
import dev.fovea.bin.terminal.Quantities;
import dev.fovea.dsl.spec.ExperimentSpec;
import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.runtime.bench.KernelCases;
import dev.fovea.runtime.bench.Measurement;
import dev.fovea.runtime.bench.PeakMemory;
import dev.fovea.runtime.bench.Timings;
import dev.fovea.runtime.encode.Encoder;
import dev.fovea.runtime.encode.EncoderSetup;
import dev.fovea.runtime.encode.RandomWeights;
import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.select.LookRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `fovea bench encode [SPEC]`: looking at one picture, again and again.
@Command(
        name = "encode",
        description = "Measure encoding of one made-up picture with random weights: the low-resolution pass alone, and "
                + "with one look closer. Decoding and resizing files has no part in it.")
final class EncodeBenchVerb implements Callable<Integer> {
    private static final int SAMPLES = 20, QUICK_SAMPLES = 5;
    private static final double PATIENCE = 30, QUICK_PATIENCE = 5;
    private static final long SEED = 11;

    private final Fovea fovea;

    @Mixin
    private BenchSpec spec = new BenchSpec();

    @Mixin
    private BenchOptions options = new BenchOptions();

    EncodeBenchVerb(Fovea fovea) {
        this.fovea = fovea;
    }

    @Override
    public Integer call() throws IOException {
        ExperimentSpec experiment = spec.read(fovea).spec();
        if (!experiment.model().selects()) {
            throw new UserError(
                    ExitCode.USAGE,
                    "model.encoder: bench encode looks as PS3 does; for a baseline, bench step --mode forward measures"
                            + " the same program as evaluation runs");
        }
        List<String> looks =
                List.of("low pass", "one look").stream().filter(options::wants).toList();
        if (looks.isEmpty()) {
            throw options.nothing();
        }
        BenchReport report = new BenchReport(fovea, options, "encode");
        List<Measurement> measured = measure(experiment, looks);
        report.finish(measured, KernelCases.name(experiment.run().gemm()), "tokens", "images/s", "peak memory");
        return ExitCode.OK.code();
    }

    private List<Measurement> measure(ExperimentSpec experiment, List<String> looks) {
        ModelSpec model = experiment.model();
        int side = model.ps3().scales().getLast();
        EncoderSetup setup = new EncoderSetup(model, side, side, ModelSpec.Strategy.BOTTOM_UP, false, false, 1, SEED);
        Encoder.Picture picture = new Encoder.Picture(pixels(side), null, null);
        List<Measurement> all = new ArrayList<>();
        try (ProgressLine line = new ProgressLine(fovea.err(), fovea.look(), System::nanoTime, () -> null);
                Backend backend = KernelCases.open(experiment.run().gemm(), options.threads());
                Store store = backend.store();
                Encoder encoder = new Encoder(setup, backend, store, new RandomWeights(SEED))) {
            for (String look : looks) {
                LookRequest request = LookRequest.looks(look.equals("low pass") ? "0" : "1");
                int samples = options.quick ? QUICK_SAMPLES : SAMPLES;
                int[] tokens = new int[1];
                Timings timings = Timings.of(
                        () -> tokens[0] = tokens(encoder, picture, request),
                        samples,
                        options.quick ? QUICK_PATIENCE : PATIENCE,
                        System::nanoTime,
                        rounds -> line.progress(look, rounds, Math.max(rounds, samples)));
                all.add(measurement(experiment.name() + " " + look, timings, encoder.flops(), tokens[0]));
            }
        }
        return all;
    }

    private static int tokens(Encoder encoder, Encoder.Picture picture, LookRequest request) {
        var found = encoder.encode(picture, request, (_, _) -> {});
        return found.low().side() * found.low().side()
                + found.selected().stream().mapToInt(s -> s.length).sum();
    }

    private static Measurement measurement(String name, Timings timings, long flops, int tokens) {
        LinkedHashMap<String, String> facts = new LinkedHashMap<>();
        Measurement bare = timings.measurement(name, flops, 0, facts);
        facts.put("tokens", Integer.toString(tokens));
        facts.put("images/s", String.format(Locale.ROOT, "%.3g", 1 / bare.seconds()));
        facts.put("peak memory", Quantities.bytes(PeakMemory.bytes()));
        facts.put("warm-up", Integer.toString(timings.warmUp()));
        return timings.measurement(name, flops, 0, facts);
    }

    /// Noise, the same on every call.
    private static float[] pixels(int side) {
        SplittableRandom random = new SplittableRandom(SEED);
        float[] pixels = new float[3 * side * side];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) random.nextDouble(-1, 1);
        }
        return pixels;
    }
}
