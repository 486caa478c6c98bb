package dev.fovea.runtime.track;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.runtime.track.MlflowDouble.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the server or the run folder holds is not what tracking left there.
class ServerStateTest {
    private final TrackedRun run;
    private final MlflowDouble server = new MlflowDouble();

    ServerStateTest(@TempDir Path workspace) {
        this.run = new TrackedRun(workspace);
        run.start(1);
        run.train(3);
    }

    @AfterEach
    void close() {
        run.close();
        server.close();
    }

    @Test
    void aJournalThatLostItsTailIsComparedAnew() throws IOException {
        try (Tracking tracking = run.open(server.uri())) {
            run.train(5);
            assertThat(tracking.flush(TrackedRun.LONG)).isTrue();
        }
        // After a power cut the last entries are gone, and the steps are done again at other times.
        byte[] journal = Files.readAllBytes(run.folder.journalFile());
        String bookmark = Files.readString(run.bookmark());
        assertThat(bookmark).contains("\"acknowledged\" : " + journal.length);
        Files.writeString(
                run.bookmark(),
                bookmark.replace("\"acknowledged\" : " + journal.length, "\"acknowledged\" : " + (journal.length - 1)));
        run.train(2);
        try (Tracking tracking = run.open(server.uri())) {
            assertThat(tracking.flush(TrackedRun.LONG)).isTrue();
        }
        run.assertIsOnce(server);
    }

    @Test
    void aRunThatVanishedFromTheServerIsLoggedAnew() {
        try (Tracking tracking = run.open(server.uri())) {
            assertThat(tracking.flush(TrackedRun.LONG)).isTrue();
        }
        server.store.runs.clear();
        server.store.experiments.clear();
        run.train(1);
        try (Tracking tracking = run.open(server.uri())) {
            assertThat(tracking.flush(TrackedRun.LONG)).isTrue();
        }
        run.assertIsOnce(server);
        assertThat(server.store.only().params).hasSize(4);
    }

    @Test
    void aRunThatVanishesWhileItGoesOnIsLoggedAnew() {
        try (Tracking tracking = run.open(server.uri())) {
            assertThat(tracking.flush(TrackedRun.LONG)).isTrue();
            server.store.runs.clear();
            run.train(1);
            assertThat(tracking.flush(TrackedRun.LONG)).isTrue();
        }
        run.assertIsOnce(server);
        assertThat(server.store.only().params).hasSize(4);
    }

    @Test
    void anArtifactStoreThatFailsDoesNotHoldUpMetrics() {
        server.faults = request -> request.method().equals("PUT") ? Fault.ERROR : Fault.NONE;
        try (Tracking tracking = run.open(server.uri())) {
            while (!tracking.flush(TrackedRun.LONG)) {
                run.train(1);
            }
        }
        run.assertIsOnce(server);
        assertThat(server.count("spec.yaml")).isEqualTo(3);
        assertThat(run.warnings).hasSize(2).last().asString().startsWith("tracking: files are not shown: ");
        server.faults = request -> Fault.NONE;
        try (Tracking tracking = run.open(server.uri())) {
            assertThat(tracking.flush(TrackedRun.LONG)).isTrue();
        }
        assertThat(server.store.artifacts).containsOnlyKeys("resolved.yaml", "spec.yaml");
    }

    @Test
    void aServerWithoutDataSetsGetsTheRest() {
        run.facts = run.facts.withInput(new RunFacts.Input("scenes", "d", "local", "{}", "training"));
        server.faults = request -> request.path().endsWith("log-inputs") ? Fault.ERROR : Fault.NONE;
        try (Tracking tracking = run.open(server.uri())) {
            assertThat(tracking.flush(TrackedRun.LONG)).isTrue();
        }
        run.assertIsOnce(server);
        assertThat(run.warnings).singleElement().asString().contains("data sets are not shown: ", "HTTP 500");
        server.faults = request -> Fault.NONE;
        try (Tracking tracking = run.open(server.uri())) {
            run.train(1);
            assertThat(tracking.flush(TrackedRun.LONG)).isTrue();
        }
        assertThat(server.store.only().inputs).containsExactly("scenes#d");
    }

    @Test
    void aRunThatAPersonDeletedStaysDeleted() {
        try (Tracking tracking = run.open(server.uri())) {
            assertThat(tracking.flush(TrackedRun.LONG)).isTrue();
            server.store.only().stage = "deleted";
            run.train(1);
            assertThat(tracking.flush(TrackedRun.LONG)).isFalse();
            assertThat(tracking.flush(TrackedRun.LONG)).isFalse();
        }
        assertThat(server.store.runs).hasSize(1);
        assertThat(run.warnings).singleElement().asString().contains("was deleted there; restore it, or remove");
    }

    @Test
    void anExperimentThatAPersonDeletedIsNamed() {
        server.store.experiments.put("first light", "13");
        try (Tracking tracking = run.open(server.uri())) {
            assertThat(tracking.flush(TrackedRun.LONG)).isFalse();
        }
        assertThat(run.warnings).singleElement().asString().contains("experiment first light was deleted there");
    }

    @Test
    void aDamagedBookmarkIsNamedAndLeftAlone() {
        run.write(Bookmark.FILE, "{\"places\": ");
        try (Tracking tracking = run.open(server.uri())) {
            assertThat(tracking.flush(TrackedRun.LONG)).isFalse();
        }
        assertThat(run.warnings).singleElement().asString().contains("mlflow.json cannot be used", "remove it");
        assertThat(server.requests).isEmpty();
    }

    @Test
    void aRunThatVanishedAfterItsEndIsLoggedAnewToo() {
        run.end(3, "finished");
        assertThat(run.sync(server.uri()).complete()).isTrue();
        server.store.runs.clear();
        assertThat(run.sync(server.uri()).records()).isEqualTo(5);
        run.assertIsOnce(server);
        assertThat(server.store.only().status).isEqualTo("FINISHED");
    }
}
