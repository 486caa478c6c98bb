package dev.fovea.bin;

import dev.fovea.dsl.SpecReader;
import dev.fovea.dsl.run.RunFolder;
import dev.fovea.dsl.run.StoreException;
import dev.fovea.dsl.spec.TrackingSpec;
import dev.fovea.runtime.track.Pace;
import dev.fovea.runtime.track.RunFacts;
import dev.fovea.runtime.track.Tracking;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `fovea sync`: brings the tracking server up to what the journals of runs say.
@Command(
        name = "sync",
        description = "Deliver what the journals of runs hold to their tracking server or mlruns folder. "
                + "What has arrived before is not sent again. Ends with 6 if something could not be delivered.")
final class SyncVerb implements Callable<Integer> {
    private final Fovea fovea;

    @Parameters(paramLabel = "KEY", description = "run keys or their beginnings; all runs without them")
    private List<String> keys = new ArrayList<>();

    @Option(names = "--runs", paramLabel = "DIR", description = "folder of the runs (default: runs)")
    private Path runs = Path.of("runs");

    @Option(names = "--json", description = "print what was delivered as JSON")
    private boolean json;

    SyncVerb(Fovea fovea) {
        this.fovea = fovea;
    }

    @Override
    public Integer call() {
        List<Map<String, Object>> reports = new ArrayList<>();
        boolean complete = true;
        for (RunFolder run : chosen()) {
            Tracking.SyncReport report = sync(run);
            complete &= report.complete();
            if (!json) {
                print(run, report);
            }
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("key", run.key());
            entry.put("place", report.place());
            entry.put("records", report.records());
            entry.put("problem", report.problem());
            reports.add(entry);
        }
        if (json) {
            fovea.out().println(Json.text(reports));
        }
        return (complete ? ExitCode.OK : ExitCode.UNAVAILABLE).code();
    }

    private List<RunFolder> chosen() {
        Path root = fovea.input(runs);
        if (keys.isEmpty()) {
            return RunFolder.list(root);
        }
        return keys.stream()
                .map(key -> RunFolder.find(root, key)
                        .orElseThrow(() -> new UserError(ExitCode.USAGE, "no run in " + root + " has the key " + key)))
                .toList();
    }

    private void print(RunFolder run, Tracking.SyncReport report) {
        String place = report.place().isEmpty() ? "tracked nowhere" : report.place();
        if (report.complete()) {
            fovea.out().println(run.key() + "  " + report.records() + " new records  " + place);
        } else {
            fovea.err().println(fovea.errStyle().bad("fovea:") + " " + run.key() + ": " + report.problem());
        }
    }

    private Tracking.SyncReport sync(RunFolder run) {
        String yaml = resolved(run);
        @Nullable Path workspace = fovea.input(runs).toAbsolutePath().getParent();
        TrackingSpec tracking =
                SpecReader.readText(yaml, run.resolvedFile(), List.of()).spec().tracking();
        RunFacts facts = RunFacts.of(run.key(), RunSummary.of(run).name()).withParametersOf(yaml);
        try {
            return Tracking.sync(
                    tracking,
                    fovea.environment(),
                    workspace == null ? fovea.input(runs) : workspace,
                    facts,
                    run,
                    Pace.USUAL,
                    line -> fovea.err().println(line));
        } catch (StoreException e) {
            return new Tracking.SyncReport("", 0, String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            throw new UserError(ExitCode.SPEC, String.valueOf(e.getMessage()), e);
        }
    }

    private static String resolved(RunFolder run) {
        try {
            return Files.readString(run.resolvedFile());
        } catch (IOException e) {
            throw StoreException.of("read", run.resolvedFile(), e);
        }
    }
}
