package dev.fovea.runtime.track;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.runtime.track.MlflowDouble.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever a server does, training does not notice, one line is said, and in the end everything is there once.
class OutageTest {
    private final TrackedRun run;
    private final MlflowDouble server = new MlflowDouble();

    OutageTest(@TempDir Path workspace) {
        this.run = new TrackedRun(workspace);
        run.start(1);
        run.train(3);
    }

    @AfterEach
    void close() {
        run.close();
        server.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"DROP", "ERROR", "FORBIDDEN_HOST", "UNAUTHORIZED", "EMPTY"})
    void aBrokenServerGetsEverythingWhenItWorks(Fault fault) {
        server.faults = request -> fault;
        try (Tracking tracking = run.open(server.uri())) {
            assertThat(tracking.flush(TrackedRun.LONG)).isFalse();
            run.train(2);
            assertThat(tracking.flush(TrackedRun.LONG)).isFalse();
            assertThat(run.warnings)
                    .singleElement()
                    .asString()
                    .startsWith("tracking: " + server.uri())
                    .doesNotContain("\n")
                    .contains("the journal keeps everything");
            server.faults = request -> Fault.NONE;
            assertThat(tracking.flush(TrackedRun.LONG)).isTrue();
            run.assertIsOnce(server);

            // A second outage is a second line.
            server.faults = request -> fault;
            run.train(1);
            assertThat(tracking.flush(TrackedRun.LONG)).isEqualTo(fault == Fault.EMPTY);
            assertThat(run.warnings).hasSize(fault == Fault.EMPTY ? 1 : 2);
        }
    }

    @Test
    void warningsSayWhatWouldHelp() {
        List<String> lines = new ArrayList<>();
        for (Fault fault : List.of(Fault.FORBIDDEN_HOST, Fault.UNAUTHORIZED, Fault.ERROR, Fault.EMPTY)) {
            server.faults = request -> fault;
            try (Tracking tracking = run.open(server.uri())) {
                tracking.flush(TrackedRun.LONG);
            }
            lines.add(run.warnings.removeFirst());
        }
        assertThat(lines.get(0)).contains("start it with --allowed-hosts 127.0.0.1:");
        assertThat(lines.get(1)).contains("HTTP 401", "MLFLOW_TRACKING_USERNAME");
        assertThat(lines.get(2)).contains("HTTP 500: Internal Server Error;");
        assertThat(lines.get(3)).contains("is this MLflow?");
        assertThat(run.warnings).isEmpty();
    }

    @Test
    void aServerThatIsDownIsFoundWhenItIsUp() {
        server.stop();
        try (Tracking tracking = run.open(server.uri())) {
            assertThat(tracking.flush(TrackedRun.LONG)).isFalse();
            assertThat(run.warnings).singleElement().asString().contains("connection refused");
            run.train(2);
            server.start();
            assertThat(tracking.flush(TrackedRun.LONG)).isTrue();
        }
        run.assertIsOnce(server);
        assertThat(run.warnings).hasSize(1);
    }

    @Test
    void aRestartInTheMiddleLosesNothing() {
        try (Tracking tracking = run.open(server.uri())) {
            assertThat(tracking.flush(TrackedRun.LONG)).isTrue();
            server.stop();
            run.train(2);
            assertThat(tracking.flush(TrackedRun.LONG)).isFalse();
            server.start();
            run.train(2);
            assertThat(tracking.flush(TrackedRun.LONG)).isTrue();
        }
        run.assertIsOnce(server);
        assertThat(server.count("runs/create")).isEqualTo(1);
    }

    @Test
    void aHangingServerIsLeftAlone() {
        run.pace = new Pace(
                Duration.ofHours(1),
                Duration.ofMillis(150),
                Duration.ofHours(1),
                Duration.ofHours(1),
                Duration.ofSeconds(60));
        server.faults = request -> Fault.HANG;
        try (Tracking tracking = run.open(server.uri())) {
            run.train(2);
            assertThat(tracking.flush(TrackedRun.LONG)).isFalse();
            assertThat(run.warnings).singleElement().asString().contains("no answer to experiments/get-by-name within");
            // Enough abandoned requests to use up any connection pool.
            assertThat(tracking.flush(TrackedRun.LONG)).isFalse();
            assertThat(tracking.flush(TrackedRun.LONG)).isFalse();
        }
        server.faults = request -> Fault.NONE;
        run.pace = TrackedRun.ON_DEMAND;
        try (Tracking tracking = run.open(server.uri())) {
            assertThat(tracking.flush(TrackedRun.LONG)).isTrue();
        }
        run.assertIsOnce(server);
        assertThat(run.warnings).hasSize(1);
    }

    @Test
    void closingDoesNotWaitForAHangingServer() {
        run.pace = new Pace(
                Duration.ofHours(1),
                Duration.ofDays(1),
                Duration.ofHours(1),
                Duration.ofHours(1),
                Duration.ofMillis(200));
        server.faults = request -> Fault.HANG;
        Tracking tracking = run.open(server.uri());
        tracking.close();
        assertThat(run.warnings).singleElement().asString().contains("has not taken everything yet");
        tracking.close();
        assertThat(tracking.flush(TrackedRun.LONG)).isFalse();
    }

    /// The answer to a request is lost after its work was done, at each kind of request.
    @ParameterizedTest
    @CsvSource({
        "DO_AND_DROP, experiments/create",
        "DO_AND_DROP, runs/create",
        "DO_AND_DROP, runs/log-batch",
        "DO_AND_DROP, runs/update",
        "DO_AND_DROP, runs/log-inputs",
        "DO_AND_DROP, resolved.yaml",
        "DO_AND_ERROR, experiments/create",
        "DO_AND_ERROR, runs/create",
        "DO_AND_ERROR, runs/log-batch",
        "DO_AND_ERROR, runs/update",
        "DO_AND_ERROR, runs/log-inputs",
        "DO_AND_ERROR, resolved.yaml"
    })
    void aLostAnswerDoesNotRepeatTheWork(Fault fault, String endpoint) {
        run.facts = run.facts.withInput(new RunFacts.Input("scenes", "d", "local", "{}", "training"));
        AtomicInteger seen = new AtomicInteger();
        // Two calls in three fail, each with all the repetitions of the client.
        server.faults =
                request -> request.path().endsWith(endpoint) && seen.getAndIncrement() % 9 < 6 ? fault : Fault.NONE;
        run.end(run.steps(), "finished");
        for (int i = 0; i < 7; i++) {
            run.train(1);
            run.end(run.steps(), "finished");
            try (Tracking tracking = run.open(server.uri())) {
                tracking.flush(TrackedRun.LONG);
            }
        }
        assertThat(seen.get()).isPositive();
        server.faults = request -> Fault.NONE;
        try (Tracking tracking = run.open(server.uri())) {
            assertThat(tracking.flush(TrackedRun.LONG)).isTrue();
        }
        run.assertIsOnce(server);
        assertThat(server.store.only().status).isEqualTo("FINISHED");
        assertThat(server.store.only().params).hasSize(4);
    }

    /// A process is killed when the server has just done the work of a request, at each request in turn: the
    /// bookmark
    /// stays as it was, the answer and all later requests are lost.
    @Test
    void aKillAnywhereDoesNotRepeatTheWork() {
        int request = 0;
        boolean reached = true;
        while (reached) {
            request++;
            AtomicInteger left = new AtomicInteger(request);
            AtomicReference<byte[]> bookmark = new AtomicReference<>(new byte[0]);
            server.faults = r -> left.get() > 0 ? Fault.NONE : Fault.DROP;
            server.afterWork = r -> {
                if (left.decrementAndGet() == 0) {
                    bookmark.set(content(run.bookmark()));
                }
                return left.get() > 0;
            };
            run.train(2);
            run.end(run.steps(), "finished");
            try (Tracking tracking = run.open(server.uri())) {
                tracking.flush(TrackedRun.LONG);
            }
            reached = left.get() <= 0;
            if (reached) {
                restore(run.bookmark(), bookmark.get());
            }
            server.faults = r -> Fault.NONE;
            server.afterWork = r -> true;
            run.train(1);
            try (Tracking tracking = run.open(server.uri())) {
                assertThat(tracking.flush(TrackedRun.LONG)).isTrue();
            }
            run.assertIsOnce(server);
            if (request % 3 > 0) {
                // Begin anew, so that the making of a run is hit too.
                server.store.runs.clear();
                restore(run.bookmark(), new byte[0]);
            }
        }
        assertThat(request).isGreaterThan(5);
    }

    private static byte[] content(Path file) {
        try {
            return Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void restore(Path file, byte[] content) {
        try {
            Files.deleteIfExists(file);
            if (content.length > 0) {
                Files.write(file, content);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// Faults of all kinds at random, processes that end at random, and still everything once.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void anyMixOfFaultsEndsWellOnceTheyStop(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Fault[] kinds = {Fault.DROP, Fault.DO_AND_DROP, Fault.ERROR, Fault.DO_AND_ERROR, Fault.UNAUTHORIZED};
        server.faults = request -> random.nextInt(3) == 0 ? kinds[random.nextInt(kinds.length)] : Fault.NONE;
        SplittableRandom plan = random.split();
        for (int i = 0; i < 12; i++) {
            run.train(plan.nextInt(5));
            try (Tracking tracking = run.open(server.uri())) {
                for (int k = plan.nextInt(3); k >= 0; k--) {
                    run.train(1);
                    tracking.flush(TrackedRun.LONG);
                }
            }
        }
        run.end(run.steps(), "finished");
        server.faults = request -> Fault.NONE;
        try (Tracking tracking = run.open(server.uri())) {
            assertThat(tracking.flush(TrackedRun.LONG))
                    .as("seed %d: %s", seed, run.warnings)
                    .isTrue();
        }
        run.assertIsOnce(server);
        assertThat(server.store.only().status).as("seed %d", seed).isEqualTo("FINISHED");
        assertThat(server.store.only().params).as("seed %d", seed).hasSize(4);
    }
}
