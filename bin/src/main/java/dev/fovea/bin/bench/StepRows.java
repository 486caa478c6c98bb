package dev.fovea.bin.bench;

import dev.fovea.bin.bench.StepArm.Outcome;
import dev.fovea.bin.terminal.Quantities;
import dev.fovea.runtime.bench.MachineRates;
import dev.fovea.runtime.bench.StepPlan;
import dev.fovea.runtime.bench.StepTimes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A study's table: one row an arm, with the training step and the look side by side.
///
/// @param rows in the order of the study
record StepRows(List<Row> rows) {
    private static final double GIB = 1L << 30;

    StepRows {
        rows = List.copyOf(rows);
    }

    /// One arm.
    ///
    /// @param plan of the training step, or of the look where only that was timed
    record Row(
            String label,
            StepPlan plan,
            @Nullable Outcome training,
            @Nullable Outcome look) {
        /// Whether the step was run, not predicted.
        boolean measured() {
            return training != null && training.found() != null;
        }

        /// Seconds of a training step; NaN if it is not known.
        double seconds() {
            return training == null ? Double.NaN : training.seconds();
        }

        /// Memory that the process of the training step held at most, or what is planned for it.
        double gibibytes() {
            StepTimes step = training == null || training.found() == null
                    ? null
                    : training.found().step();
            return (step == null || step.peakBytes() == 0 ? plan.plannedBytes() : step.peakBytes()) / GIB;
        }
    }

    static StepRows of(List<Outcome> outcomes) {
        Map<String, List<Outcome>> byArm = new LinkedHashMap<>();
        outcomes.forEach(o ->
                byArm.computeIfAbsent(o.arm().label(), _ -> new ArrayList<>()).add(o));
        List<Row> rows = new ArrayList<>();
        byArm.forEach((label, both) -> rows.add(new Row(
                label.isEmpty() ? both.getFirst().arm().spec().name() : label,
                both.getFirst().plan(),
                of(both, StepPlan.Mode.TRAINING),
                of(both, StepPlan.Mode.FORWARD))));
        return new StepRows(rows);
    }

    private static @Nullable Outcome of(List<Outcome> outcomes, StepPlan.Mode mode) {
        return outcomes.stream().filter(o -> o.mode() == mode).findFirst().orElse(null);
    }

    /// The table in Markdown, what it was measured on, and how steps grow from scale to scale.
    String markdown(MachineRates machine) {
        StringBuilder text = new StringBuilder();
        text.append("| arm | scales | patches | tokens | training step | quartiles | GFLOP/s | of peak ")
                .append("| memory held | planned | one look | decode + resize |\n")
                .append("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
        for (Row row : rows) {
            text.append("| ").append(String.join(" | ", cells(row, machine))).append(" |\n");
        }
        text.append('\n').append(growth());
        return text.append(machine.cpu())
                .append(", ")
                .append(machine.threads())
                .append(machine.threads() == 1 ? " thread" : " threads")
                .append(", Java ")
                .append(machine.jvm())
                .append("; peak ")
                .append(BenchTable.threeDigits(machine.peak() * 1e-9))
                .append(" GFLOP/s. Memory is the most that the arm's own process held. Decoding a 3840 x 2160 JPEG and"
                        + " resizing it, on one thread, is not in the step. ≈ marks what was not run but predicted.\n")
                .toString();
    }

    private static List<String> cells(Row row, MachineRates machine) {
        StepPlan plan = row.plan();
        Outcome training = row.training(), look = row.look();
        StepArm.Found trained = training == null ? null : training.found();
        StepTimes step = trained == null ? null : trained.step();
        double rate = step == null ? 0 : plan.flops() / step.seconds();
        StepArm.Found any = trained != null ? trained : look == null ? null : look.found();
        return List.of(
                row.label(),
                String.join(", ", plan.scales().stream().map(String::valueOf).toList()),
                plan.highPatches() == 0 ? "" : plan.highTokens() + " of " + plan.highPatches(),
                String.valueOf(plan.tokens()),
                time(training),
                step == null ? "" : BenchTable.time(step.low()) + " to " + BenchTable.time(step.high()),
                step == null ? "" : BenchTable.threeDigits(rate * 1e-9),
                step == null ? "" : BenchTable.percent(rate / machine.peak()),
                step == null || step.peakBytes() == 0 ? "" : Quantities.bytes(step.peakBytes()),
                Quantities.bytes(plan.plannedBytes()),
                time(look),
                any == null
                        ? ""
                        : BenchTable.time(
                                any.picture().decodeSeconds() + any.picture().resizeSeconds()));
    }

    private static String time(@Nullable Outcome outcome) {
        if (outcome == null || Double.isNaN(outcome.seconds())) {
            return outcome == null ? "" : outcome.note();
        }
        return outcome.found() == null ? "≈ " + Quantities.time(outcome.seconds()) : BenchTable.time(outcome.seconds());
    }

    /// How the step grows between neighbours with as many patches at another scale.
    private String growth() {
        StringBuilder text = new StringBuilder();
        for (int i = 1; i < rows.size(); i++) {
            Row a = rows.get(i - 1), b = rows.get(i);
            boolean comparable = a.measured()
                    && b.measured()
                    && a.plan().highTokens() == b.plan().highTokens();
            if (comparable && !a.plan().scales().equals(b.plan().scales())) {
                text.append("From ")
                        .append(a.plan().scales())
                        .append(" to ")
                        .append(b.plan().scales())
                        .append(String.format(
                                Locale.ROOT,
                                " with %d patches each: step %+.1f %%, operations %+.1f %%, memory held %+.1f %%.%n",
                                b.plan().highTokens(),
                                100 * (b.seconds() / a.seconds() - 1),
                                100.0 * b.plan().flops() / a.plan().flops() - 100,
                                100 * (b.gibibytes() / a.gibibytes() - 1)));
            }
        }
        return text.isEmpty() ? "" : text.append('\n').toString();
    }

    /// The table for programs: seconds and bytes.
    String csv() {
        StringBuilder text = new StringBuilder("arm,scales,patches,available_patches,tokens,step_seconds,step_low,")
                .append("step_high,step_measured,flops,planned_bytes,peak_bytes,look_seconds,look_measured,")
                .append("decode_seconds,resize_seconds,note\n");
        for (Row row : rows) {
            StepArm.Found step = row.training() == null ? null : row.training().found();
            StepArm.Found look = row.look() == null ? null : row.look().found();
            StepArm.Found any = step == null ? look : step;
            String scales = String.join(
                    " ", row.plan().scales().stream().map(String::valueOf).toList());
            String note = row.training() == null ? "" : row.training().note();
            text.append(String.join(
                            ",",
                            cell(row.label()),
                            scales,
                            String.valueOf(row.plan().highTokens()),
                            String.valueOf(row.plan().highPatches()),
                            String.valueOf(row.plan().tokens()),
                            number(row.seconds()),
                            step == null ? "" : number(step.step().low()),
                            step == null ? "" : number(step.step().high()),
                            String.valueOf(step != null),
                            String.valueOf(row.plan().flops()),
                            String.valueOf(row.plan().plannedBytes()),
                            step == null ? "" : String.valueOf(step.step().peakBytes()),
                            row.look() == null ? "" : number(row.look().seconds()),
                            String.valueOf(look != null),
                            any == null ? "" : number(any.picture().decodeSeconds()),
                            any == null ? "" : number(any.picture().resizeSeconds()),
                            cell(note)))
                    .append('\n');
        }
        return text.toString();
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "" : String.valueOf(value);
    }

    /// Text as one cell of CSV (RFC 4180).
    static String cell(String text) {
        boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
