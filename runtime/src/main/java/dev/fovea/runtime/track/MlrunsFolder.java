package dev.fovea.runtime.track;

import dev.fovea.dsl.run.AtomicFiles;
import dev.fovea.dsl.run.JournalEntry;
import dev.fovea.runtime.track.TrackingException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.UUID;
import java.util.function.Consumer;

/// Writes a run as MLflow's file store does, for use without a server. MLflow up to 3.12 serves the folder as it
/// is,
/// later ones with MLFLOW_ALLOW_FILE_STORE=true, and `mlflow migrate-filestore` moves it into a database.
final class MlrunsFolder implements MetricSink {
    private final Path root;
    private final String experiment;
    private final RunFacts facts;
    private final Bookmark bookmark;
    private final Path runFolder;
    private final Consumer<String> warn;

    private final Map<String, MetricFile> files = new LinkedHashMap<>();
    private boolean again;
    private boolean ready;
    private int status = MlrunsMeta.RUNNING;
    private long endTime;

    /// @param root the `mlruns` folder; made if needed
    MlrunsFolder(
            Path root, String experiment, RunFacts facts, Bookmark bookmark, Path runFolder, Consumer<String> warn) {
        this.root = root.toAbsolutePath().normalize();
        this.experiment = experiment;
        this.facts = facts;
        this.bookmark = bookmark;
        this.runFolder = runFolder;
        this.warn = warn;
    }

    @Override
    public String place() {
        return root.toString();
    }

    private Path run() {
        return root.resolve(bookmark.text("experiment_id")).resolve(bookmark.text("run_id"));
    }

    @Override
    public void begin(long timeMillis, boolean recheck) {
        again = recheck;
        files.clear();
        ensure(timeMillis);
    }

    private void ensure(long timeMillis) {
        if (!ready || bookmark.text("run_id").isEmpty()) {
            guarded(() -> make(timeMillis));
            ready = true;
        }
    }

    private void make(long timeMillis) throws IOException {
        boolean known = !bookmark.text("run_id").isEmpty();
        if (known && bookmark.flag("made") && !Files.exists(run().resolve("meta.yaml"))) {
            throw new TrackingException(Kind.GONE, run() + " is gone");
        }
        if (!known) {
            bookmark.text("experiment_id", MlrunsMeta.experiment(root, experiment, timeMillis));
            bookmark.text("run_id", UUID.randomUUID().toString().replace("-", ""));
            bookmark.text("start_time", Long.toString(timeMillis));
            bookmark.save();
        }
        if (!bookmark.flag("made")) {
            for (String part : List.of("metrics", "params", "tags", "artifacts")) {
                Files.createDirectories(run().resolve(part));
            }
            writeFacts();
            writeMeta();
            bookmark.set("made");
            bookmark.save();
        }
    }

    private void writeFacts() {
        MetricNames names = new MetricNames();
        facts.parameters()
                .forEach((name, value) ->
                        AtomicFiles.write(run().resolve("params").resolve(names.legal(name.replace('/', '.'))), value));
        SequencedMap<String, String> tags = new LinkedHashMap<>();
        tags.put("mlflow.runName", runName());
        tags.put("mlflow.user", user());
        tags.put("mlflow.source.type", "LOCAL");
        tags.put("mlflow.source.name", "fovea");
        if (!facts.note().isEmpty()) {
            tags.put("mlflow.note.content", facts.note());
        }
        tags.putAll(facts.tags());
        tags.put("fovea.key", facts.key());
        tags.forEach(this::tag);
    }

    private void tag(String name, String value) {
        AtomicFiles.write(run().resolve("tags").resolve(MetricNames.clean(name.replace('/', '.'))), value);
    }

    private void writeMeta() {
        AtomicFiles.write(
                run().resolve("meta.yaml"),
                MlrunsMeta.run(
                        bookmark.text("experiment_id"),
                        bookmark.text("run_id"),
                        runName(),
                        user(),
                        run().resolve("artifacts"),
                        Long.parseLong(bookmark.text("start_time")),
                        status,
                        endTime));
    }

    private String runName() {
        return MetricNames.cut(facts.name().isEmpty() ? facts.key() : facts.name(), 250);
    }

    private static String user() {
        return System.getProperty("user.name", "unknown");
    }

    @Override
    public void started(JournalEntry.Started start) {
        tag("fovea.attempt", Integer.toString(start.attempt()));
        start.facts().forEach((name, value) -> tag("fovea." + name, value));
        if (start.attempt() > 1) {
            status = MlrunsMeta.RUNNING;
            endTime = 0;
            writeMeta();
        }
    }

    @Override
    public void scalars(long timeMillis, long step, SequencedMap<String, Double> values) {
        guarded(() -> {
            for (Map.Entry<String, Double> value : values.entrySet()) {
                MetricFile file = files.get(value.getKey());
                if (file == null) {
                    file = MetricFile.open(run().resolve("metrics").resolve(value.getKey()), again);
                    files.put(value.getKey(), file);
                }
                file.add(timeMillis, value.getValue(), step);
            }
        });
    }

    @Override
    public void saved(JournalEntry.Saved checkpoint) {
        tag("fovea.checkpoint", checkpoint.file());
    }

    @Override
    public void ended(JournalEntry.Ended end) {
        String reason = end.reason();
        tag("fovea.ended", end.message().isEmpty() ? reason : reason + ": " + end.message());
        status = switch (reason) {
            case JournalEntry.Ended.FINISHED -> MlrunsMeta.FINISHED;
            case JournalEntry.Ended.PREEMPTED -> MlrunsMeta.RUNNING;
            case JournalEntry.Ended.INTERRUPTED -> MlrunsMeta.KILLED;
            default -> MlrunsMeta.FAILED;
        };
        endTime = status == MlrunsMeta.RUNNING ? 0 : end.timeMillis();
    }

    @Override
    public void commit() {
        guarded(() -> {
            for (MetricFile file : files.values()) {
                file.write();
            }
            // Files are reopened, and looked at again, only if a batch is in doubt.
            files.clear();
        });
        if (status != MlrunsMeta.RUNNING) {
            writeMeta();
        }
    }

    @Override
    public void artifacts(List<Path> artifacts) {
        if (bookmark.text("run_id").isEmpty()) {
            return;
        }
        ensure(0);
        for (Path artifact : artifacts) {
            String path = runFolder.relativize(artifact).toString().replace('\\', '/');
            try {
                byte[] content = Files.readAllBytes(artifact);
                String digest = MetricNames.sha256(content);
                if (!digest.equals(bookmark.artifact(path))) {
                    Path target = run().resolve("artifacts").resolve(path);
                    Files.createDirectories(target.resolveSibling("x").getParent());
                    AtomicFiles.write(target, content);
                    bookmark.artifact(path, digest);
                    bookmark.save();
                }
            } catch (IOException unreadable) {
                warn.accept("artifact " + path + " is left out: " + unreadable.getMessage());
            }
        }
    }

    @Override
    public void close() {}

    /// Work on files.
    @FunctionalInterface
    private interface Work {
        void run() throws IOException;
    }

    private void guarded(Work work) {
        try {
            work.run();
        } catch (IOException e) {
            throw new TrackingException(Kind.UNREACHABLE, root + ": " + e);
        }
    }
}
