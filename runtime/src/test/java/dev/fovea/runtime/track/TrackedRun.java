package dev.fovea.runtime.track;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.dsl.run.Journal;
import dev.fovea.dsl.run.JournalEntry;
import dev.fovea.dsl.run.RunFolder;
import dev.fovea.dsl.spec.TrackingSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A run folder with a journal to write into, and ways to track it.
final class TrackedRun implements AutoCloseable {
    /// Nothing happens by itself: rounds are asked for by flushing and closing.
    static final Pace ON_DEMAND = new Pace(
            Duration.ofHours(1),
            Duration.ofSeconds(20),
            Duration.ofHours(1),
            Duration.ofHours(1),
            Duration.ofSeconds(60));

    static final Duration LONG = Duration.ofSeconds(60);

    final Path workspace;
    final RunFolder folder;
    final List<String> warnings = Collections.synchronizedList(new ArrayList<>());
    Map<String, String> environment = Map.of();
    RunFacts facts;
    Pace pace = ON_DEMAND;
    private final Journal journal;
    private int steps;
    private long clock = 1_700_000_000_000L;

    TrackedRun(Path workspace) {
        this.workspace = workspace;
        String resolved =
                "fovea: v1\nname: quick\nseed: 7\nmodel: {scales: [64, 128], note: null}\nrun: {threads: 3}\n";
        this.folder = RunFolder.create(workspace.resolve("runs"), "f2-abcdefghijkl", "name: quick\n", resolved);
        this.facts = RunFacts.of(folder.key(), "quick").withParametersOf(resolved);
        this.journal = Journal.openForAppend(folder.journalFile());
    }

    Tracking open(String uri) {
        return Tracking.open(
                new TrackingSpec("mlflow", uri, "first light"),
                environment,
                workspace,
                facts,
                JournalSource.of(folder.journalFile()),
                folder.path(),
                pace,
                warnings::add);
    }

    Tracking.SyncReport sync(String uri) {
        return Tracking.sync(
                new TrackingSpec("mlflow", uri, "first light"),
                environment,
                workspace,
                facts,
                folder,
                pace,
                warnings::add);
    }

    void start(int attempt) {
        journal.append(new JournalEntry.Started(++clock, attempt, folder.key(), Map.of("host", "node7")));
    }

    void scalars(long step, Object... namesAndValues) {
        SequencedMap<String, Double> values = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            values.put((String) namesAndValues[i], ((Number) namesAndValues[i + 1]).doubleValue());
        }
        journal.append(new JournalEntry.Scalars(++clock, step, values));
    }

    /// Does `more` steps, each with a loss and a learning rate that is NaN at times.
    void train(int more) {
        for (int i = 0; i < more; i++) {
            steps++;
            scalars(steps, "loss/total", 1.0 / steps, "lr", steps % 3 == 0 ? Double.NaN : steps);
        }
    }

    int steps() {
        return steps;
    }

    /// Fails unless the server holds every step of [#train] exactly once in one run, and saw nothing illegal.
    void assertIsOnce(MlflowDouble server) {
        assertThat(server.store.violations).isEmpty();
        assertThat(server.store.only().metrics)
                .extracting(p -> p.key() + "@" + p.step())
                .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, steps)
                        .boxed()
                        .flatMap(s -> Stream.of("loss/total@" + s, "lr@" + s))
                        .toList());
    }

    void end(long step, String reason) {
        journal.append(new JournalEntry.Ended(++clock, step, reason, ""));
    }

    void append(JournalEntry entry) {
        journal.append(entry);
    }

    long now() {
        return clock;
    }

    Path bookmark() {
        return folder.path().resolve(Bookmark.FILE);
    }

    void write(String path, String content) {
        try {
            Path file = folder.path().resolve(path);
            Files.createDirectories(file.resolveSibling("."));
            Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        journal.close();
    }
}
