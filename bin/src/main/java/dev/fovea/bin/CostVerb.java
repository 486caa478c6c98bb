package dev.fovea.bin;

import dev.fovea.bin.terminal.Quantities;
import dev.fovea.bin.terminal.TextTable;
import dev.fovea.dsl.ResolvedSpec;
import dev.fovea.dsl.spec.Duration;
import dev.fovea.dsl.spec.ExperimentSpec;
import dev.fovea.runtime.memory.MemoryForecast;
import dev.fovea.runtime.train.Cost;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `fovea cost SPEC`: parameters, arithmetic and memory, counted on the compiled program.
@Command(
        name = "cost",
        description = "Count parameters, arithmetic and memory of a spec by compiling it. Nothing is allocated or run.")
final class CostVerb implements Callable<Integer> {
    private final Fovea fovea;

    @Mixin
    private SpecArguments arguments = new SpecArguments();

    @Option(names = "--per-op", description = "list the arithmetic of each kind of operation")
    private boolean perOp;

    @Option(names = "--json", description = "print the counts as JSON")
    private boolean json;

    CostVerb(Fovea fovea) {
        this.fovea = fovea;
    }

    @Override
    public Integer call() {
        ResolvedSpec resolved = arguments.read(fovea);
        ExperimentSpec spec = resolved.spec();
        Cost cost = Cost.of(spec);
        if (json) {
            fovea.out().println(Json.text(asJson(resolved, cost)));
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
        if (perOp) {
            out.println();
            out.print(operations(cost));
        }
        return ExitCode.OK.code();
    }

    private static String untrained(Cost cost) {
        return cost.untrainedParameters() == 0
                ? ""
                : " (" + Quantities.count((double) cost.untrainedParameters()) + " of them not reached by the loss)";
    }

    private String operations(Cost cost) {
        TextTable table = new TextTable("operation", "FLOP a picture", "share");
        cost.trainingFlopsByOp().entrySet().stream()
                .filter(entry -> entry.getValue() > 0)
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .forEach(entry -> table.add(
                        entry.getKey(),
                        Quantities.count((double) entry.getValue()),
                        String.format(
                                java.util.Locale.ROOT, "%.1f %%", 100.0 * entry.getValue() / cost.trainingFlops())));
        return table.text(fovea.outStyle());
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
