package dev.fovea.runtime.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.dsl.run.RunLease;
import dev.fovea.dsl.run.StoreException;
import dev.fovea.dsl.spec.TrackingSpec;
import dev.fovea.runtime.track.MlflowDouble.Fault;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A run that could not be delivered while it went on is delivered later.
class SyncTest {
    private final TrackedRun run;
    private final MlflowDouble server = new MlflowDouble();

    SyncTest(@TempDir Path workspace) {
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
    void syncSendsWhatAnOfflineRunLeft() {
        try (Tracking tracking = run.open("")) {
            assertThat(tracking.flush(TrackedRun.LONG)).isTrue();
        }
        run.end(3, "finished");
        Tracking.SyncReport report = run.sync(server.uri());
        assertThat(report.problem()).isEmpty();
        assertThat(report.complete()).isTrue();
        assertThat(report.place()).isEqualTo(server.uri());
        assertThat(report.records()).isEqualTo(5);
        run.assertIsOnce(server);
        assertThat(server.store.only().startTime).isEqualTo(1_700_000_000_001L);
        assertThat(run.sync(server.uri()).records()).isZero();
        assertThat(server.store.artifacts).containsKey("resolved.yaml");
    }

    @Test
    void syncSaysWhatWentWrong() {
        server.faults = request ->
                request.path().endsWith("runs/log-batch") && request.body().contains("loss/total")
                        ? Fault.ERROR
                        : Fault.NONE;
        Tracking.SyncReport report = run.sync(server.uri());
        assertThat(report.complete()).isFalse();
        assertThat(report.problem()).contains("runs/log-batch: HTTP 500");
        server.faults = request -> Fault.NONE;
        assertThat(run.sync(server.uri()).complete()).isTrue();
        run.assertIsOnce(server);
    }

    @Test
    void syncLeavesARunAloneThatAnotherProcessHolds() {
        try (RunLease held = run.folder.claim()) {
            held.check();
            assertThatThrownBy(() -> run.sync(server.uri())).isInstanceOf(StoreException.class);
        }
        assertThat(server.requests).isEmpty();
    }

    @Test
    void syncGoesNowhereIfTheSpecSaysSo() {
        Tracking.SyncReport report = Tracking.sync(
                new TrackingSpec("none", server.uri(), ""),
                Map.of(),
                run.workspace,
                run.facts,
                run.folder,
                run.pace,
                run.warnings::add);
        assertThat(report).isEqualTo(new Tracking.SyncReport("", 0, ""));
        assertThat(server.requests).isEmpty();
    }
}
