package dev.fovea.dsl.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Run folders are made whole or not at all, found by key, and say where the run stands.
class RunFolderTest {
    private static final String KEY = "f2-abcdefghijkl";

    @TempDir
    private Path temporary;

    @Test
    void createsAllFiles() throws IOException {
        Path root = temporary.resolve("deep/runs");
        RunFolder run = RunFolder.create(root, KEY, "name: ä\n", "fovea: v1\n");
        assertThat(run.path()).isEqualTo(root.resolve(KEY));
        assertThat(run.specFile()).hasContent("name: ä\n");
        assertThat(run.resolvedFile()).hasContent("fovea: v1\n");
        assertThat(run.checkpoints()).isEmptyDirectory();
        assertThat(run.results()).isEmptyDirectory();
        assertThat(run.entries()).isEmpty();
        assertThat(run.state().status()).isEqualTo(RunState.Status.CREATED);
        assertThat(names(root)).containsExactly(KEY);
    }

    @Test
    void creatingAgainChangesNothing() {
        RunFolder.create(temporary, KEY, "a", "b");
        RunFolder again = RunFolder.create(temporary, KEY, "c", "d");
        assertThat(again.specFile()).hasContent("a");
    }

    @Test
    void everyFailingStepLeavesNothingOrAWholeFolder() throws IOException {
        BrokenSteps whole = new BrokenSteps(Integer.MAX_VALUE, false, "");
        RunFolder.create(whole, temporary.resolve("whole"), KEY, "a", "b");
        for (int step = 0; step < whole.done(); step++) {
            Path root = temporary.resolve("root" + step);
            BrokenSteps broken = new BrokenSteps(step, true, "No space left on device");
            boolean renamed = step == whole.done() - 1;
            if (renamed) {
                assertThat(RunFolder.create(broken, root, KEY, "a", "b").resolvedFile())
                        .hasContent("b");
            } else {
                assertThatThrownBy(() -> RunFolder.create(broken, root, KEY, "a", "b"))
                        .as("step %d", step)
                        .isInstanceOf(StoreException.class)
                        .hasMessageStartingWith("cannot create " + root.resolve(KEY) + ": the disk is full");
                assertThat(names(root)).as("step %d", step).isEmpty();
            }
        }
    }

    @Test
    void aRootThatIsAFileIsRefused() throws IOException {
        Path root = Files.createFile(temporary.resolve("runs"));
        assertThatThrownBy(() -> RunFolder.create(root, KEY, "a", "b"))
                .isInstanceOf(StoreException.class)
                .hasMessageStartingWith("cannot create " + root.resolve(KEY) + ": ");
        assertThatThrownBy(() -> RunFolder.create(temporary, "../x", "a", "b"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void findsByKeyAndBeginning() throws IOException {
        for (String key : List.of("f2-abcd", "f2-abce", "f2-xyz", "f2-xyz2")) {
            RunFolder.create(temporary, key, "a", "b");
        }
        Files.createDirectory(temporary.resolve("f2-notarun"));
        Files.createFile(temporary.resolve("f2-file"));
        assertThat(RunFolder.list(temporary).stream().map(RunFolder::key))
                .containsExactly("f2-abcd", "f2-abce", "f2-xyz", "f2-xyz2");
        assertThat(RunFolder.find(temporary, "f2-abcd").orElseThrow().key()).isEqualTo("f2-abcd");
        assertThat(RunFolder.find(temporary, "f2-xyz").orElseThrow().key()).isEqualTo("f2-xyz");
        assertThat(RunFolder.find(temporary, "abce").orElseThrow().key()).isEqualTo("f2-abce");
        assertThat(RunFolder.find(temporary, "f2-n")).isEmpty();
        assertThat(RunFolder.find(temporary, "../" + temporary.getFileName())).isEmpty();
        assertThat(RunFolder.find(temporary.resolve("none"), "f1")).isEmpty();
        assertThatThrownBy(() -> RunFolder.find(temporary, "abc"))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("2 runs begin with 'abc': f2-abcd, f2-abce; give more of the key");
    }

    @Test
    void stateFollowsTheJournal() {
        RunFolder run = RunFolder.create(temporary, KEY, "a", "b");
        try (Journal journal = Journal.openForAppend(run.journalFile())) {
            journal.append(new JournalEntry.Started(10_000, 1, KEY, Map.of()));
            journal.append(JournalTest.scalars(11_000, 5, "loss", 2.0, "lr", 0.1));
            journal.append(new JournalEntry.Saved(12_000, 5, "checkpoints/step-00000005"));
            journal.append(JournalTest.scalars(13_000, 7, "loss", 1.5));
            assertThat(run.state().status()).isEqualTo(RunState.Status.LOST);
            try (RunLease lease = run.claim()) {
                assertThat(lease.number()).isEqualTo(1);
                assertThat(run.state().status()).isEqualTo(RunState.Status.RUNNING);
                assertThat(run.state().resumable()).isFalse();
            }
            assertThat(run.state().status()).isEqualTo(RunState.Status.LOST);
            assertThat(run.state().resumable()).isTrue();
            journal.append(new JournalEntry.Started(50_000, 2, KEY, Map.of()));
            journal.append(JournalTest.scalars(51_000, 6, "loss", 1.75));
            journal.append(new JournalEntry.Ended(52_000, 6, JournalEntry.Ended.PREEMPTED, "USR1"));
        }
        RunState state = run.state();
        assertThat(state.status()).isEqualTo(RunState.Status.PREEMPTED);
        assertThat(state.step()).isEqualTo(6);
        assertThat(state.attempts()).isEqualTo(2);
        assertThat(state.metrics()).containsExactly(Map.entry("loss", 1.75), Map.entry("lr", 0.1));
        assertThat(state.startedMillis()).isEqualTo(10_000);
        assertThat(state.lastMillis()).isEqualTo(52_000);
        assertThat(state.activeMillis()).isEqualTo(3_000 + 2_000);
        assertThat(state.checkpoint()).isEqualTo("checkpoints/step-00000005");
        assertThat(state.message()).isEqualTo("USR1");
    }

    @Test
    void aClaimRemovesHalfWrittenFiles() throws IOException {
        RunFolder run = RunFolder.create(temporary, KEY, "a", "b");
        Files.writeString(run.results().resolve(".metrics.arrow.1a2b.part"), "half");
        Files.writeString(run.path().resolve(".status.json.3c.part"), "half");
        Files.writeString(run.path().resolve("notes.part"), "mine");
        try (RunLease lease = run.claim()) {
            lease.check();
            assertThat(names(run.results())).isEmpty();
            assertThat(names(run.path())).contains("notes.part").doesNotContain(".status.json.3c.part");
        }
    }

    @Test
    void everyEndHasItsStatus() {
        Map<String, RunState.Status> ends = Map.of(
                JournalEntry.Ended.FINISHED,
                RunState.Status.FINISHED,
                JournalEntry.Ended.INTERRUPTED,
                RunState.Status.INTERRUPTED,
                JournalEntry.Ended.PREEMPTED,
                RunState.Status.PREEMPTED,
                JournalEntry.Ended.FAILED + "nan",
                RunState.Status.FAILED);
        ends.forEach((reason, status) -> {
            List<JournalEntry> entries =
                    List.of(new JournalEntry.Started(1, 1, KEY, Map.of()), new JournalEntry.Ended(2, 9, reason, "why"));
            assertThat(RunState.of(entries, true).status()).isEqualTo(status);
            assertThat(RunState.of(entries, false).reason()).isEqualTo(reason);
        });
    }

    @Test
    void statusFileIsReadable() throws IOException {
        RunFolder run = RunFolder.create(temporary, KEY, "a", "b");
        try (Journal journal = Journal.openForAppend(run.journalFile())) {
            journal.append(new JournalEntry.Started(10_000, 1, KEY, Map.of()));
            journal.append(JournalTest.scalars(11_500, 5, "loss", Double.NaN, "eval/r@1", 0.25));
            journal.append(new JournalEntry.Ended(11_500, 5, "failed:nan", "loss is NaN"));
        }
        run.writeStatus();
        JsonNode status = JsonMapper.shared().readTree(Files.readAllBytes(run.statusFile()));
        assertThat(status.get("key").stringValue()).isEqualTo(KEY);
        assertThat(status.get("status").stringValue()).isEqualTo("failed");
        assertThat(status.get("started").stringValue()).isEqualTo("1970-01-01T00:00:10Z");
        assertThat(status.get("activeSeconds").doubleValue()).isEqualTo(1.5);
        assertThat(status.get("metrics").get("loss").stringValue()).isEqualTo("NaN");
        assertThat(status.get("metrics").get("eval/r@1").doubleValue()).isEqualTo(0.25);
    }

    @Test
    void aContinuedAttemptReplacesTheStepsItRepeats() {
        MetricHistory history = MetricHistory.of(List.of(
                new JournalEntry.Started(1, 1, KEY, Map.of()),
                JournalTest.scalars(2, 1, "loss", 3.0),
                JournalTest.scalars(3, 2, "loss", 2.0, "eval", 0.5),
                JournalTest.scalars(4, 3, "loss", 1.0, "eval", 0.6),
                new JournalEntry.Started(5, 2, KEY, Map.of()),
                JournalTest.scalars(6, 3, "loss", 1.25),
                JournalTest.scalars(7, 4, "loss", 0.5)));
        assertThat(history.byName().sequencedKeySet()).containsExactly("loss", "eval");
        assertThat(history.series("loss").stream().map(MetricHistory.Point::value))
                .containsExactly(3.0, 2.0, 1.25, 0.5);
        assertThat(history.series("eval").stream().map(MetricHistory.Point::step))
                .containsExactly(2L);
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
