package dev.fovea.bin.bench;

import dev.fovea.bin.Caches;
import dev.fovea.bin.Fovea;
import dev.fovea.bin.Version;
import dev.fovea.runtime.bench.MachineProbe;
import dev.fovea.runtime.bench.MachineRates;
import dev.fovea.runtime.bench.Measurement;
import dev.fovea.runtime.store.CodeVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What every bench does in the end: prints the table, writes the file, compares.
final class BenchReport {
    private final Fovea fovea;
    private final BenchOptions options;
    private final String bench;
    private final @Nullable BenchFile before;

    /// Reads the file to compare with at once, so that a wrong one is noticed before anything is measured.
    ///
    /// @param bench `kernels`, `step`, `encode` or `data`
    /// @throws dev.fovea.bin.UserError if the file to compare with is none
    BenchReport(Fovea fovea, BenchOptions options, String bench) {
        this.fovea = fovea;
        this.options = options;
        this.bench = bench;
        Path file = options.compare;
        this.before = file == null ? null : BenchFile.read(fovea.resolve(file), file.toString());
    }

    /// Prints, writes and compares. The machine is probed here, after the measurements, so that the probe's arrays
    /// do not count as memory of what was measured.
    ///
    /// @param gemm provider of matrix products
    /// @param facts names of those facts that get a column in the table
    void finish(List<Measurement> measurements, String gemm, String... facts) throws IOException {
        BenchFile now = new BenchFile(header(gemm), measurements);
        fovea.out().print(BenchTable.text(measurements, now.header().machine(), fovea.outStyle(), facts));
        fovea.out().print(fovea.outStyle().faint(BenchTable.legend(now.header()).stripTrailing()) + "\n");
        if (before != null) {
            fovea.out().println();
            fovea.out().print(Comparison.of(before, now).text(String.valueOf(options.compare), fovea.outStyle()));
        }
        if (options.json != null) {
            now.write(fovea.resolve(options.json));
        }
    }

    private BenchHeader header(String gemm) {
        Path caches = Caches.folder(fovea.environment());
        MachineRates machine = options.quick
                ? MachineProbe.rates(caches, options.threads())
                : MachineProbe.probe(caches, options.threads());
        String home = System.getProperty("fovea.home", "");
        Path code = home.isEmpty() ? fovea.surroundings().directory() : Path.of(home);
        CodeVersion version = CodeVersion.of(code).orElse(new CodeVersion("", false));
        return new BenchHeader(
                bench,
                fovea.surroundings()
                        .clock()
                        .instant()
                        .truncatedTo(ChronoUnit.SECONDS)
                        .toString(),
                Version.number(),
                version.commit(),
                version.dirty(),
                gemm,
                options.quick,
                machine);
    }
}
