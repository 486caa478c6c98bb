package dev.fovea.bin;

import dev.fovea.bin.terminal.Quantities;
import dev.fovea.bin.terminal.TextTable;
import dev.fovea.runtime.bench.Calibration;
import dev.fovea.runtime.bench.StepCost;
import dev.fovea.runtime.ir.Pass;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The part of `fovea cost` about a step: arithmetic by pass and op, and predicted times.
final class CostPrediction {
    private static final String RULE = "Counting rule: a multiply-add of matrix products, attention, convolutions and"
            + " resampling counts 2 FLOP;\npointwise work, norms, reductions, copies and the update count none.\n";

    private final Fovea fovea;
    private final StepCost cost;
    private final @Nullable Calibration calibration;

    /// @param calibration what the time is predicted from, or null to predict none
    CostPrediction(Fovea fovea, StepCost cost, @Nullable Calibration calibration) {
        this.fovea = fovea;
        this.cost = cost;
        this.calibration = calibration;
    }

    /// The tables, for people.
    String text(boolean perOp) {
        StringBuilder text = new StringBuilder();
        text.append(passes().text(fovea.outStyle()));
        if (perOp) {
            text.append('\n').append(operations().text(fovea.outStyle()));
        }
        text.append('\n').append(RULE);
        Calibration known = calibration;
        text.append(
                known == null
                        ? "No time is predicted: this machine was not probed with as many threads.\n"
                        : "Predicted for " + known.machine().cpu() + ", "
                                + known.machine().threads()
                                + (known.machine().threads() == 1 ? " thread" : " threads")
                                + ", from a probe of single ops (docs/guide/benchmarks.md).\n");
        return text.toString();
    }

    private TextTable passes() {
        TextTable table = new TextTable("a step of " + cost.batch(), "FLOP", "share", "predicted");
        Map<Pass, Double> seconds = seconds();
        for (Pass pass : Pass.values()) {
            double time = seconds.getOrDefault(pass, 0.0);
            if (cost.flops(pass) > 0 || time > 0) {
                row(table, pass.name().toLowerCase(Locale.ROOT), cost.flops(pass), time);
            }
        }
        row(table, "all", cost.flops(), total(seconds));
        return table;
    }

    private TextTable operations() {
        TextTable table = new TextTable("operation", "FLOP", "share", "predicted");
        SequencedMap<String, Long> flops = cost.byOp();
        Map<String, Double> seconds = calibration == null ? Map.of() : cost.secondsByOp(calibration);
        Set<String> names = new LinkedHashSet<>(flops.sequencedKeySet());
        seconds.keySet().stream().sorted().forEach(names::add);
        List<String> order = names.stream()
                .sorted(Comparator.comparingDouble((String name) -> -seconds.getOrDefault(name, 0.0))
                        .thenComparingLong(name -> -flops.getOrDefault(name, 0L)))
                .toList();
        for (String name : order) {
            row(table, name, flops.getOrDefault(name, 0L), seconds.getOrDefault(name, 0.0));
        }
        return table;
    }

    private void row(TextTable table, String name, long flops, double seconds) {
        table.add(
                name,
                flops == 0 ? "" : Quantities.count((double) flops),
                flops == 0 ? "" : String.format(Locale.ROOT, "%.1f %%", 100.0 * flops / Math.max(1, cost.flops())),
                calibration == null ? "" : time(seconds));
    }

    private static String time(double seconds) {
        if (seconds >= 100) {
            return Quantities.time(seconds);
        }
        return seconds < 0.1
                ? String.format(Locale.ROOT, "%.1f ms", seconds * 1e3)
                : String.format(Locale.ROOT, "%.2f s", seconds);
    }

    private Map<Pass, Double> seconds() {
        return calibration == null ? Map.of() : cost.seconds(calibration);
    }

    private static double total(Map<Pass, Double> seconds) {
        return seconds.values().stream().mapToDouble(x -> x).sum();
    }

    /// The same for programs; without a calibration there are no times.
    Map<String, Object> asJson() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("step_flops", cost.flops());
        Map<String, Object> byPass = new LinkedHashMap<>();
        cost.work().forEach((pass, work) -> byPass.put(pass.name().toLowerCase(Locale.ROOT), work));
        all.put("step_flops_by_pass_and_op", byPass);
        if (calibration != null) {
            Map<String, Object> times = new LinkedHashMap<>();
            seconds().forEach((pass, time) -> times.put(pass.name().toLowerCase(Locale.ROOT), time));
            all.put("predicted_seconds", total(seconds()));
            all.put("predicted_seconds_by_pass", times);
            all.put("threads", calibration.machine().threads());
        }
        return all;
    }
}
