package dev.fovea.bin.bench;

import dev.fovea.bin.terminal.ProgressLine;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.format.OutputFormat;

/// What JMH says, as a progress line. All else that it and its processes print is kept and shown only when something
/// fails.
final class JmhProgress implements OutputFormat {
    private static final int MOST_KEPT = 100;

    private final ProgressLine line;
    private final int total;
    private final List<String> said = new ArrayList<>();
    private int done;

    /// @param total number of kernels
    JmhProgress(ProgressLine line, int total) {
        this.line = line;
        this.total = total;
    }

    /// The last lines that were not shown.
    String said() {
        return String.join("\n", said);
    }

    @Override
    public void startBenchmark(BenchmarkParams parameters) {
        line.progress("kernels", done, total);
    }

    @Override
    public void endBenchmark(BenchmarkResult result) {
        done++;
        line.progress("kernels", done, total);
    }

    @Override
    public void iteration(BenchmarkParams benchmark, IterationParams parameters, int iteration) {
        line.progress("kernels", done, total);
    }

    @Override
    public void iterationResult(
            BenchmarkParams benchmark, IterationParams parameters, int iteration, IterationResult result) {}

    @Override
    public void startRun() {}

    @Override
    public void endRun(Collection<RunResult> results) {}

    @Override
    public void print(String text) {
        println(text);
    }

    @Override
    public void println(String text) {
        if (!text.isBlank()) {
            said.add(text.strip());
        }
        if (said.size() > MOST_KEPT) {
            said.removeFirst();
        }
    }

    @Override
    public void verbosePrintln(String text) {}

    @Override
    public void write(int character) {}

    @Override
    public void write(byte[] bytes) {}

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
