package dev.fovea.bin.bench;

import dev.fovea.bin.terminal.Style;
import dev.fovea.bin.terminal.TextTable;
import dev.fovea.runtime.bench.MachineRates;
import dev.fovea.runtime.bench.Measurement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// Two benches of the same kind, measurement by measurement. A change counts as one if the ranges between the
/// quartiles do not meet and the medians differ by more than [#LEAST]; the rest is noise.
///
/// @param rows what both measured, in the new order
/// @param added names that only the new one has
/// @param gone names that only the old one has
/// @param differences what else differs between them, and makes the ratios say little
record Comparison(List<Row> rows, List<String> added, List<String> gone, List<String> differences) {
    /// Share by which medians must differ: machines drift by as much from one minute to the next.
    static final double LEAST = 0.03;

    /// One measurement, then and now.
    ///
    /// @param ratio new median over old: below 1 is faster
    record Row(Measurement before, Measurement after, double ratio, Verdict verdict) {
        static Row of(Measurement before, Measurement after) {
            double ratio = after.seconds() / before.seconds();
            boolean apart = after.low() > before.high() || after.high() < before.low();
            boolean enough = Math.abs(ratio - 1) > LEAST;
            Verdict verdict = !apart || !enough ? Verdict.NOISE : ratio < 1 ? Verdict.FASTER : Verdict.SLOWER;
            return new Row(before, after, ratio, verdict);
        }
    }

    /// Whether something changed.
    enum Verdict {
        /// Takes less time, beyond the noise.
        FASTER,
        /// Takes more time, beyond the noise.
        SLOWER,
        /// No difference that the spread could not explain.
        NOISE
    }

    /// Compares measurements of the same name.
    static Comparison of(BenchFile before, BenchFile after) {
        Map<String, Measurement> old = new LinkedHashMap<>();
        before.measurements().forEach(m -> old.put(m.name(), m));
        List<Row> rows = new ArrayList<>();
        List<String> added = new ArrayList<>();
        for (Measurement m : after.measurements()) {
            Measurement same = old.remove(m.name());
            if (same == null) {
                added.add(m.name());
            } else {
                rows.add(Row.of(same, m));
            }
        }
        return new Comparison(rows, added, List.copyOf(old.keySet()), differences(before.header(), after.header()));
    }

    private static List<String> differences(BenchHeader before, BenchHeader after) {
        List<String> all = new ArrayList<>();
        MachineRates then = before.machine();
        MachineRates now = after.machine();
        difference(all, "bench", before.bench(), after.bench());
        difference(all, "CPU", then.cpu(), now.cpu());
        difference(all, "cores", then.cores(), now.cores());
        difference(all, "threads", then.threads(), now.threads());
        difference(all, "vector bits", then.vectorBits(), now.vectorBits());
        difference(all, "JVM", then.jvm(), now.jvm());
        difference(all, "gemm", before.gemm(), after.gemm());
        difference(all, "--quick", before.quick(), after.quick());
        return all;
    }

    private static void difference(List<String> all, String what, Object before, Object after) {
        if (!Objects.equals(before, after)) {
            all.add(what + ": " + before + " then, " + after + " now");
        }
    }

    /// The comparison as people read it: what differs first, then the ratios, then what only one side has.
    ///
    /// @param before whom it compares with, for the heading
    String text(String before, Style style) {
        StringBuilder text = new StringBuilder();
        if (!differences.isEmpty()) {
            text.append(style.bad("NOT THE SAME CONDITIONS as " + before + ", the ratios say little:"))
                    .append('\n');
            differences.forEach(each -> text.append("  ").append(each).append('\n'));
        }
        if (!rows.isEmpty()) {
            TextTable table = new TextTable("compared", "before", "spread", "now", "spread", "now/before", "");
            rows.forEach(row -> table.add(
                    row.after().name(),
                    BenchTable.time(row.before().seconds()),
                    BenchTable.percent(row.before().spread()),
                    BenchTable.time(row.after().seconds()),
                    BenchTable.percent(row.after().spread()),
                    String.format(Locale.ROOT, "%.3f", row.ratio()),
                    word(row.verdict())));
            text.append(table.text(style));
        }
        added.forEach(name ->
                text.append("not in ").append(before).append(": ").append(name).append('\n'));
        gone.forEach(name ->
                text.append("only in ").append(before).append(": ").append(name).append('\n'));
        if (rows.isEmpty()) {
            text.append("nothing in common with ").append(before).append('\n');
        }
        return text.toString();
    }

    private static String word(Verdict verdict) {
        return switch (verdict) {
            case FASTER -> "faster";
            case SLOWER -> "SLOWER";
            case NOISE -> "";
        };
    }
}
