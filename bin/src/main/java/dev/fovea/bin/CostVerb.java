package dev.fovea.bin;

import dev.fovea.bin.terminal.Quantities;
import dev.fovea.dsl.ResolvedSpec;
import dev.fovea.dsl.spec.Duration;
import dev.fovea.dsl.spec.ExperimentSpec;
import dev.fovea.dsl.spec.RunSpec;
import dev.fovea.runtime.bench.Calibration;
import dev.fovea.runtime.bench.CalibrationProbe;
import dev.fovea.runtime.bench.StepCost;
import dev.fovea.runtime.memory.MemoryForecast;
import dev.fovea.runtime.train.Cost;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `fovea cost SPEC`: parameters, arithmetic and memory, counted on the compiled program, and the time of a step.
@Command(
        name = "cost",
        description =
                "Count parameters, arithmetic and memory of a spec by compiling it, and predict the time of a step "
                        + "on this machine from a short probe that is kept in the cache. The step itself is not run.")
final class CostVerb implements Callable<Integer> {
    private final Fovea fovea;

    @Mixin
    private SpecArguments arguments = new SpecArguments();

    @Option(names = "--per-op", description = "list the arithmetic and the predicted time of each kind of operation")
    private boolean perOp;

    @Option(names = "--probe", description = "measure this machine again, even if an earlier probe is known")
    private boolean probe;

    @Option(names = "--no-probe", description = "measure nothing; predict a time only if an earlier probe is known")
    private boolean noProbe;

    @Option(names = "--threads", paramLabel = "N", description = "predict for N threads (default: as run.threads says)")
    private @Nullable Integer threads;

    @Option(names = "--json", description = "print the counts as JSON")
    private boolean json;

    CostVerb(Fovea fovea) {
        this.fovea = fovea;
    }

    @Override
    public Integer call() {
        ResolvedSpec resolved = arguments.read(fovea);
        ExperimentSpec spec = resolved.spec();
        int workers = Threads.of(threads, spec.run());
        Cost cost = Cost.of(spec);
        CostPrediction prediction = new CostPrediction(
                fovea, StepCost.of(spec), calibration(spec.run().gemm(), workers));
        if (json) {
            Map<String, Object> all = asJson(resolved, cost);
            all.putAll(prediction.asJson());
            fovea.out().println(Json.text(all));
            return ExitCode.OK.code();
        }
        int batch = spec.batch().global();
        double stepFlops = (double) cost.trainingFlops() * batch;
        PrintWriter out = fovea.out();
        out.println(spec.name() + "  " + resolved.key().text());
        out.println("  parameters   " + Quantities.count((double) cost.parameters()) + untrained(cost));
        out.println("  forward      " + Quantities.count((double) cost.forwardFlops()) + "FLOP a picture");
        out.println("  training     " + Quantities.count((double) cost.trainingFlops()) + "FLOP a picture, "
                + Quantities.count(stepFlops) + "FLOP a step of " + batch);
        MemoryForecast kept = cost.forecast(spec, batch, false), again = cost.forecast(spec, batch, true);
        out.println("  memory       " + Quantities.bytes(kept.total()) + " for a run with " + batch + " in a step, "
                + Quantities.bytes(again.total()) + " with run.activation_checkpointing=blocks and "
                + Math.round(100.0 * cost.recomputeFlops() / cost.trainingFlops()) + " % more FLOP");
        out.println("               " + Quantities.bytes(kept.store()) + " parameters and optimizer state, "
                + Quantities.bytes(kept.work()) + " a step's buffers (" + Quantities.bytes(again.work()) + "), "
                + Quantities.bytes(kept.host() + kept.batches()) + " pictures, "
                + Quantities.bytes(kept.heap() + kept.machine()) + " Java");
        double whole = examples(spec) * cost.trainingFlops();
        if (whole > 0) {
            out.println("  whole run    " + Quantities.count(whole) + "FLOP, " + Quantities.count(examples(spec))
                    + " pictures");
        }
        out.println();
        out.print(prediction.text(perOp));
        return ExitCode.OK.code();
    }

    private @Nullable Calibration calibration(RunSpec.Gemm gemm, int workers) {
        if (probe && noProbe) {
            throw new UserError(ExitCode.USAGE, "--probe and --no-probe: give one of the two");
        }
        Path caches = Caches.folder(fovea.environment());
        if (noProbe) {
            return CalibrationProbe.known(caches, gemm, workers).orElse(null);
        }
        return probe ? CalibrationProbe.anew(caches, gemm, workers) : CalibrationProbe.of(caches, gemm, workers);
    }

    private static String untrained(Cost cost) {
        return cost.untrainedParameters() == 0
                ? ""
                : " (" + Quantities.count((double) cost.untrainedParameters()) + " of them not reached by the loss)";
    }

    /// Pictures of the whole run; 0 where its length is in epochs or seconds, which a spec alone does not settle.
    private static double examples(ExperimentSpec spec) {
        Duration length = spec.schedule().length();
        return switch (length.unit()) {
            case STEPS -> length.amount() * spec.batch().global();
            case SAMPLES -> length.amount();
            case EPOCHS, SECONDS -> 0;
        };
    }

    private static Map<String, Object> asJson(ResolvedSpec resolved, Cost cost) {
        int batch = resolved.spec().batch().global();
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("key", resolved.key().text());
        all.put("parameters", cost.parameters());
        all.put("untrained_parameters", cost.untrainedParameters());
        all.put("forward_flops", cost.forwardFlops());
        all.put("training_flops", cost.trainingFlops());
        all.put("training_flops_by_op", cost.trainingFlopsByOp());
        all.put("batch", batch);
        all.put("bytes", cost.bytes(batch));
        all.put("store_bytes", cost.storeBytes());
        all.put("recompute_flops", cost.recomputeFlops());
        all.put("memory", parts(cost.forecast(resolved.spec(), batch, false)));
        all.put("memory_with_blocks", parts(cost.forecast(resolved.spec(), batch, true)));
        all.put("examples", examples(resolved.spec()));
        return all;
    }

    private static Map<String, Long> parts(MemoryForecast forecast) {
        Map<String, Long> all = new LinkedHashMap<>();
        all.put("total_bytes", forecast.total());
        all.put("store_bytes", forecast.store());
        all.put("work_bytes", forecast.work());
        all.put("host_bytes", forecast.host());
        all.put("batches_bytes", forecast.batches());
        all.put("heap_bytes", forecast.heap());
        all.put("machine_bytes", forecast.machine());
        return all;
    }
}
