package dev.fovea.bin.bench;

import dev.fovea.bin.Caches;
import dev.fovea.bin.Fovea;
import dev.fovea.bin.bench.StepArm.Found;
import dev.fovea.bin.bench.StepArm.Outcome;
import dev.fovea.bin.terminal.Quantities;
import dev.fovea.bin.terminal.TextTable;
import dev.fovea.dsl.run.AtomicFiles;
import dev.fovea.runtime.bench.MachineProbe;
import dev.fovea.runtime.bench.MachineRates;
import dev.fovea.runtime.bench.Measurement;
import dev.fovea.runtime.bench.OpKind;
import dev.fovea.runtime.bench.StepTimes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What became of the arms of a study, for the terminal and for files.
final class StepReport {
    /// Facts that get a column in the terminal.
    static final String[] FACTS = {"tokens", "planned", "held"};

    private static final Pattern GEMM = Pattern.compile("gemm ([^,)]+)");

    private final Fovea fovea;
    private final List<Outcome> outcomes;

    StepReport(Fovea fovea, List<Outcome> outcomes) {
        this.fovea = fovea;
        this.outcomes = List.copyOf(outcomes);
    }

    /// What was measured; arms that were not run are not among it.
    List<Measurement> measurements() {
        List<Measurement> all = new ArrayList<>();
        for (Outcome o : outcomes) {
            if (o.found() != null) {
                all.add(measurement(o, o.found()));
            }
        }
        return all;
    }

    private static Measurement measurement(Outcome o, Found found) {
        StepTimes step = found.step();
        SequencedMap<String, String> facts = new LinkedHashMap<>();
        facts.put("tokens", String.valueOf(o.plan().tokens()));
        facts.put("patches", o.plan().highTokens() + " of " + o.plan().highPatches());
        facts.put("scales", o.plan().scales().toString());
        facts.put("planned", Quantities.bytes(step.plan().plannedBytes()));
        facts.put("held", step.peakBytes() == 0 ? "" : Quantities.bytes(step.peakBytes()));
        facts.put("planned_bytes", String.valueOf(step.plan().plannedBytes()));
        facts.put("peak_bytes", String.valueOf(step.peakBytes()));
        passes(step).forEach((pass, seconds) -> facts.put(pass + "_seconds", String.valueOf(seconds)));
        facts.put("first_seconds", String.valueOf(step.firstSeconds()));
        facts.put("warm_up_steps", String.valueOf(step.warmUp()));
        facts.put("decode_seconds", String.valueOf(found.picture().decodeSeconds()));
        facts.put("resize_seconds", String.valueOf(found.picture().resizeSeconds()));
        facts.put("backend", step.backend());
        return new Measurement(
                o.name(),
                step.seconds(),
                step.low(),
                step.high(),
                step.samples(),
                step.plan().flops(),
                0,
                facts);
    }

    private static Map<String, Double> passes(StepTimes step) {
        Map<String, Double> passes = new TreeMap<>();
        step.plan().kinds().forEach(k -> passes.merge(k.pass(), k.seconds(), Double::sum));
        return passes;
    }

    /// Who multiplied matrices.
    String gemm() {
        for (Outcome o : outcomes) {
            Matcher gemm =
                    GEMM.matcher(o.found() == null ? "" : o.found().step().backend());
            if (gemm.find()) {
                return gemm.group(1);
            }
        }
        return "none";
    }

    /// Prints what was not run, with what is predicted.
    void printUnmeasured() {
        for (Outcome o : outcomes) {
            if (o.found() == null) {
                String predicted = Double.isNaN(o.predictedSeconds())
                        ? ""
                        : "; predicted " + Quantities.time(o.predictedSeconds()) + " a step";
                fovea.out().println(o.name() + ": not run, " + o.note() + predicted);
            }
        }
    }

    /// Prints where the time goes.
    void printOperations() {
        for (Outcome o : outcomes) {
            if (o.found() == null) {
                continue;
            }
            StepTimes step = o.found().step();
            TextTable table = new TextTable(o.name(), "pass", "calls", "ms", "share", "GFLOP/s");
            step.plan().kinds().stream()
                    .sorted(Comparator.comparingDouble((OpKind k) -> -k.seconds()))
                    .filter(k -> k.seconds() > 0.001 * step.seconds())
                    .forEach(k -> table.add(
                            k.name(),
                            k.pass(),
                            String.valueOf(k.calls()),
                            BenchTable.threeDigits(1e3 * k.seconds()),
                            BenchTable.percent(k.seconds() / step.seconds()),
                            k.flops() == 0 ? "" : BenchTable.threeDigits(k.flops() / k.seconds() * 1e-9)));
            fovea.out().println(table.text(fovea.outStyle()));
        }
    }

    /// Writes `table.md`, `table.csv`, `operations.csv`, and if there is a size to plot over, `plot.svg` and
    /// `plot.png`.
    void write(Path folder, String title, int threads) throws IOException {
        Files.createDirectories(folder);
        MachineRates machine = MachineProbe.rates(Caches.folder(fovea.environment()), threads);
        StepRows rows = StepRows.of(outcomes);
        AtomicFiles.write(folder.resolve("table.md"), rows.markdown(machine));
        AtomicFiles.write(folder.resolve("table.csv"), rows.csv());
        AtomicFiles.write(folder.resolve("operations.csv"), operations());
        List<Path> pictures = StepPlot.write(rows, title, folder);
        if (!fovea.quiet()) {
            fovea.err()
                    .println("written: " + fovea.shown(folder) + ": table.md, table.csv, operations.csv"
                            + (pictures.isEmpty() ? "" : ", plot.svg, plot.png"));
        }
    }

    private String operations() {
        StringBuilder text = new StringBuilder("measurement,pass,operation,calls,seconds,flops,bytes\n");
        for (Outcome o : outcomes) {
            if (o.found() != null) {
                for (OpKind k : o.found().step().plan().kinds()) {
                    text.append(StepRows.cell(o.name()))
                            .append(',')
                            .append(String.join(",", k.pass(), k.name(), String.valueOf(k.calls())))
                            .append(',')
                            .append(k.seconds())
                            .append(',')
                            .append(k.flops())
                            .append(',')
                            .append(k.bytes())
                            .append('\n');
                }
            }
        }
        return text.toString();
    }
}
