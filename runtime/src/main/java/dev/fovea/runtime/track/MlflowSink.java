package dev.fovea.runtime.track;

import dev.fovea.dsl.run.JournalEntry;
import dev.fovea.runtime.track.TrackingException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.mlflow.api.proto.Service.Metric;
import org.mlflow.api.proto.Service.Run;
import org.mlflow.api.proto.Service.RunStatus;
import org.mlflow.api.proto.Service.RunTag;

/// Replays a run's journal to an MLflow server: metrics with the steps and times of the journal, facts as tags, the
/// status that the journal ended with. Limits and traps of the servers are in the tracking guide.
final class MlflowSink implements MetricSink {
    private static final int MOST_ARTIFACT_FAILURES = 3;

    private final MlflowServer server;
    private final MlflowRun run;
    private final Bookmark bookmark;
    private final Path runFolder;
    private final Consumer<String> warn;

    private final List<MlflowMetric> metrics = new ArrayList<>();
    private final SequencedMap<String, String> tags = new LinkedHashMap<>();
    private final Set<String> sentNames = new TreeSet<>();
    private RunStatus wanted = RunStatus.RUNNING;
    private long wantedTime;
    private boolean statusChanged;
    private boolean again;
    private int artifactFailures;

    /// @param warn takes one-line warnings about what the server will not keep
    MlflowSink(
            MlflowServer server,
            String experiment,
            RunFacts facts,
            Bookmark bookmark,
            Path runFolder,
            Consumer<String> warn) {
        this.server = server;
        this.run = new MlflowRun(server, experiment, facts, bookmark, warn);
        this.bookmark = bookmark;
        this.runFolder = runFolder;
        this.warn = warn;
    }

    @Override
    public String place() {
        return server.address().toString();
    }

    @Override
    public void begin(long timeMillis, boolean recheck) {
        metrics.clear();
        tags.clear();
        statusChanged = false;
        again = recheck;
        run.ensure(timeMillis);
    }

    @Override
    public void started(JournalEntry.Started start) {
        wanted = RunStatus.RUNNING;
        wantedTime = start.timeMillis();
        // The first attempt finds its run running; the server need not be told.
        statusChanged |= start.attempt() > 1;
        tags.put("fovea.attempt", Integer.toString(start.attempt()));
        start.facts().forEach((name, value) -> tags.put("fovea." + name, value));
    }

    @Override
    public void scalars(long timeMillis, long step, SequencedMap<String, Double> values) {
        values.forEach((name, value) -> metrics.add(new MlflowMetric(name, value, Math.max(0, timeMillis), step)));
    }

    @Override
    public void saved(JournalEntry.Saved checkpoint) {
        tags.put("fovea.checkpoint", checkpoint.file());
    }

    @Override
    public void ended(JournalEntry.Ended end) {
        String reason = end.reason();
        tags.put("fovea.ended", end.message().isEmpty() ? reason : reason + ": " + end.message());
        // A preempted run goes on elsewhere: it is running, whatever a scheduler does to its process.
        wanted = switch (reason) {
            case JournalEntry.Ended.FINISHED -> RunStatus.FINISHED;
            case JournalEntry.Ended.PREEMPTED -> RunStatus.RUNNING;
            case JournalEntry.Ended.INTERRUPTED -> RunStatus.KILLED;
            default -> RunStatus.FAILED;
        };
        wantedTime = end.timeMillis();
        statusChanged = true;
    }

    @Override
    public void commit() {
        List<MlflowMetric> fresh = again ? new MlflowHistory(server, run.id()).without(metrics) : List.copyOf(metrics);
        for (int i = 0; i < fresh.size(); i += 1000) {
            log(fresh.subList(i, Math.min(i + 1000, fresh.size())));
        }
        metrics.forEach(metric -> sentNames.add(metric.key()));
        logTags();
        if (statusChanged) {
            if (wanted != RunStatus.RUNNING) {
                verify();
            }
            run.status(wanted, wantedTime);
        }
    }

    /// One batch; if the server will not have it, halves of it down to the metric that it will not have.
    private void log(List<MlflowMetric> batch) {
        if (batch.isEmpty()) {
            return;
        }
        try {
            server.post("runs/log-batch", MlflowMetric.batch(run.id(), batch));
        } catch (TrackingException refused) {
            if (refused.kind() != Kind.REFUSED) {
                throw refused;
            }
            run.checkAlive();
            if (batch.size() == 1) {
                warn.accept("metric " + batch.getFirst().key() + " is not kept: " + refused.line());
                return;
            }
            log(batch.subList(0, batch.size() / 2));
            log(new MlflowHistory(server, run.id()).without(batch.subList(batch.size() / 2, batch.size())));
        }
    }

    private void logTags() {
        List<RunTag> all = MlflowRun.legalTags(tags);
        for (int i = 0; i < all.size(); i += 100) {
            List<RunTag> some = all.subList(i, Math.min(i + 100, all.size()));
            server.ask("runs/log-batch", client -> {
                client.logBatch(run.id(), List.of(), List.of(), some);
                return true;
            });
        }
    }

    /// A server that answers 200 may have kept nothing; before the run is called done, look.
    private void verify() {
        Run kept = server.ask("runs/get", client -> client.getRun(run.id()));
        Set<String> names =
                kept.getData().getMetricsList().stream().map(Metric::getKey).collect(Collectors.toSet());
        List<String> missing =
                sentNames.stream().filter(name -> !names.contains(name)).toList();
        if (!missing.isEmpty()) {
            warn.accept(place() + " took all metrics but does not show " + missing.size() + " of " + sentNames.size()
                    + ": " + String.join(", ", missing.subList(0, Math.min(5, missing.size()))));
        }
    }

    @Override
    public void artifacts(List<Path> files) {
        if (artifactFailures >= MOST_ARTIFACT_FAILURES || run.id().isEmpty()) {
            return;
        }
        run.ensure(0);
        try {
            for (Path file : files) {
                upload(file);
            }
            artifactFailures = 0;
        } catch (TrackingException e) {
            artifactFailures = e.kind() == Kind.FAILING ? artifactFailures + 1 : MOST_ARTIFACT_FAILURES;
            if (e.kind() == Kind.UNREACHABLE) {
                artifactFailures = 0;
                throw e;
            }
            if (artifactFailures < MOST_ARTIFACT_FAILURES) {
                throw e;
            }
            warn.accept("files are not shown: " + e.line());
        }
    }

    private void upload(Path file) {
        String path = runFolder.relativize(file).toString().replace('\\', '/');
        try {
            String digest = MetricNames.sha256(Files.readAllBytes(file));
            if (!digest.equals(bookmark.artifact(path))) {
                server.upload(run.artifactUri(), path, file);
                bookmark.artifact(path, digest);
                bookmark.save();
            }
        } catch (IOException unreadable) {
            warn.accept("artifact " + path + " is left out: " + unreadable.getMessage());
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
