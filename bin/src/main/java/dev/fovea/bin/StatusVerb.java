package dev.fovea.bin;

import dev.fovea.bin.terminal.Quantities;
import dev.fovea.bin.terminal.TextTable;
import dev.fovea.dsl.ResolvedSpec;
import dev.fovea.dsl.SpecReader;
import dev.fovea.dsl.run.RunFolder;
import dev.fovea.dsl.run.RunState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `fovea status`: where the runs stand, the latest last.
@Command(name = "status", description = "List runs and where they stand, the one that moved last at the bottom.")
final class StatusVerb implements Callable<Integer> {
    private static final int METRICS_SHOWN = 3;

    private final Fovea fovea;
    private final Clock clock;

    @Parameters(
            arity = "0..1",
            paramLabel = "RUN|SPEC",
            description = "a run key or its beginning, or a spec; all runs without it")
    private @Nullable Path which;

    @Option(names = "--runs", paramLabel = "DIR", description = "folder of the runs (default: runs)")
    private Path runs = Path.of("runs");

    @Option(names = "--failed", description = "only runs that ended with an error")
    private boolean failed;

    @Option(names = "--json", description = "print everything known as JSON")
    private boolean json;

    StatusVerb(Fovea fovea, Clock clock) {
        this.fovea = fovea;
        this.clock = clock;
    }

    @Override
    public Integer call() {
        List<RunSummary> found = new ArrayList<>();
        for (RunFolder run : chosen()) {
            RunSummary summary = RunSummary.of(run);
            if (!failed || summary.state().status() == RunState.Status.FAILED) {
                found.add(summary);
            }
        }
        found.sort(Comparator.comparingLong((RunSummary run) -> run.state().lastMillis())
                .thenComparing(RunSummary::key));
        if (json) {
            fovea.out().println(Json.text(found.stream().map(RunSummary::json).toList()));
        } else if (found.isEmpty()) {
            fovea.err().println("no " + (failed ? "failed " : "") + "runs in " + fovea.input(runs));
        } else {
            fovea.out().print(table(found));
        }
        return ExitCode.OK.code();
    }

    private List<RunFolder> chosen() {
        Path root = fovea.input(runs);
        if (which == null) {
            return RunFolder.list(root);
        }
        Path spec = fovea.input(which);
        String key = which.toString();
        if (Files.isRegularFile(spec)) {
            ResolvedSpec resolved = SpecReader.read(spec, List.of());
            key = resolved.key().text();
        }
        String wanted = key;
        return List.of(RunFolder.find(root, wanted)
                .orElseThrow(() -> new UserError(
                        ExitCode.USAGE,
                        wanted.equals(String.valueOf(which))
                                ? "no run in " + root + " has the key " + wanted
                                : which + " has not been run: no " + wanted + " in " + root)));
    }

    private String table(List<RunSummary> found) {
        TextTable table = new TextTable("key", "name", "state", "step", "metrics", "time", "last moved");
        for (RunSummary run : found) {
            RunState state = run.state();
            table.add(
                    run.key(),
                    run.name(),
                    run.word(),
                    run.progress(),
                    metrics(state.metrics()),
                    state.activeMillis() > 0 ? Quantities.time(state.activeMillis() / 1000.0) : "",
                    state.lastMillis() > 0
                            ? Quantities.time((clock.millis() - state.lastMillis()) / 1000.0) + " ago"
                            : "never");
        }
        return table.text(fovea.outStyle());
    }

    /// The total loss and the first qualities, as far as they fit.
    private static String metrics(Map<String, Double> metrics) {
        return metrics.entrySet().stream()
                .filter(metric -> metric.getKey().matches("loss|train/loss|.*/r@?1|.*recall.*"))
                .limit(METRICS_SHOWN)
                .map(metric ->
                        metric.getKey().replaceFirst("^(eval|train)/", "") + " " + Quantities.number(metric.getValue()))
                .collect(Collectors.joining("  "));
    }
}
