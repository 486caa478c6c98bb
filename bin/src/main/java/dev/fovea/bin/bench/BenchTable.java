package dev.fovea.bin.bench;

import dev.fovea.bin.terminal.Style;
import dev.fovea.bin.terminal.TextTable;
import dev.fovea.runtime.bench.MachineRates;
import dev.fovea.runtime.bench.Measurement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Measurements as people read them. A rate that is not the point of a measurement is left blank.
final class BenchTable {
    private BenchTable() {}

    /// The table, one line a measurement.
    ///
    /// @param facts names of those facts that get a column of their own, last
    static String text(List<Measurement> measurements, MachineRates machine, Style style, String... facts) {
        List<String> heads =
                new ArrayList<>(List.of("measured", "median", "spread", "GFLOP/s", "peak", "GB/s", "memory"));
        heads.addAll(List.of(facts));
        TextTable table = new TextTable(heads.toArray(String[]::new));
        for (Measurement m : measurements) {
            List<String> cells = new ArrayList<>(List.of(
                    m.name(),
                    time(m.seconds()),
                    percent(m.spread()),
                    m.flops() == 0 ? "" : threeDigits(m.flopRate() * 1e-9),
                    m.flops() == 0 ? "" : percent(m.flopRate() / machine.peak()),
                    moves(m, machine) ? threeDigits(m.byteRate() * 1e-9) : "",
                    moves(m, machine) ? percent(m.byteRate() / machine.triadRate()) : ""));
            for (String fact : facts) {
                cells.add(m.facts().getOrDefault(fact, ""));
            }
            table.add(cells.toArray(String[]::new));
        }
        return table.text(style);
    }

    /// Whether moving bytes could take a notable part of the time: not where arithmetic alone takes ten times as
    /// long.
    private static boolean moves(Measurement m, MachineRates machine) {
        return m.bytes() > 0 && m.bytes() / machine.triadRate() > 0.1 * m.flops() / machine.peak();
    }

    /// What the shares in a table are of, and what the timings depend on: two lines.
    static String legend(BenchHeader header) {
        MachineRates machine = header.machine();
        return machine.cpu() + ", " + threads(machine.threads()) + " of " + machine.cores() + ", "
                + machine.vectorBits() + "-bit vectors, Java " + machine.jvm() + ", gemm " + header.gemm() + ", "
                + header.shortCommit() + "\n"
                + "peak " + threeDigits(machine.peak() * 1e-9) + " GFLOP/s ("
                + threeDigits(machine.peakOne() * 1e-9) + " on one thread), memory "
                + threeDigits(machine.triadRate() * 1e-9) + " GB/s (triad; reading "
                + threeDigits(machine.readRate() * 1e-9) + ")\n";
    }

    /// A time with three digits: `0.123 ms`, `12.3 ms`, `1.23 s`.
    static String time(double seconds) {
        return seconds < 0.9995 ? threeDigits(seconds * 1e3) + " ms" : threeDigits(seconds) + " s";
    }

    /// A share: `83%`, or `4.2%` where it is small.
    static String percent(double share) {
        double amount = 100 * share;
        return String.format(Locale.ROOT, Math.abs(amount) < 9.95 ? "%.1f%%" : "%.0f%%", amount);
    }

    /// A number with three digits.
    static String threeDigits(double amount) {
        double size = Math.abs(amount);
        String form = size < 0.9995 ? "%.3f" : size < 9.995 ? "%.2f" : size < 99.95 ? "%.1f" : "%.0f";
        return String.format(Locale.ROOT, form, amount);
    }

    private static String threads(int count) {
        return count == 1 ? "1 thread" : count + " threads";
    }
}
