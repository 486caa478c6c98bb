package dev.fovea.runtime.track;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.dsl.run.JournalEntry;
import dev.fovea.dsl.spec.TrackingSpec;
import dev.fovea.runtime.track.MlflowStore.Point;
import dev.fovea.runtime.track.MlflowStore.Run;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A healthy server gets everything, once, within its rules.
class MlflowTrackingTest {
    private final Path workspace;
    private final TrackedRun run;
    private final MlflowDouble server = new MlflowDouble();

    MlflowTrackingTest(@TempDir Path workspace) {
        this.workspace = workspace;
        this.run = new TrackedRun(workspace);
    }

    @AfterEach
    void close() {
        run.close();
        server.close();
    }

    private void track() {
        try (Tracking tracking = run.open(server.uri())) {
            assertThat(tracking.flush(TrackedRun.LONG))
                    .as("delivered; %s", run.warnings)
                    .isTrue();
        }
        assertThat(server.store.violations).isEmpty();
    }

    private String artifact(String path) {
        return new String(server.store.artifacts.getOrDefault(path, new byte[0]), StandardCharsets.UTF_8);
    }

    @Test
    void everythingArrives() {
        run.write("environment.json", "{}");
        run.write("results/curves.svg", "<svg/>");
        run.write("results/model.safetensors", "large");
        String digest = "0123456789".repeat(6);
        run.facts = run.facts
                .withTag("mlflow.source.git.commit", "c0ffee")
                .withInput(new RunFacts.Input("scenes", digest, "local", "{}", "training"));
        run.start(1);
        run.scalars(1, "loss/total", 2.5, "R@1", Double.NaN, "up", Double.POSITIVE_INFINITY);
        long first = run.now();
        run.scalars(2, "loss/total", -1e-300, "down", Double.NEGATIVE_INFINITY);
        run.append(new JournalEntry.Saved(run.now(), 2, "checkpoints/step-2"));
        run.append(new JournalEntry.Note(run.now(), "info", "hello"));
        run.end(2, "finished");
        track();

        Run kept = server.store.only();
        assertThat(kept.metrics)
                .containsExactly(
                        new Point("loss/total", "2.5", first, 1),
                        new Point("R_at_1", "NaN", first, 1),
                        new Point("up", "Infinity", first, 1),
                        new Point("loss/total", "-1.0E-300", first + 1, 2),
                        new Point("down", "-Infinity", first + 1, 2));
        assertThat(kept.name).isEqualTo("quick");
        assertThat(server.store.experiments).containsOnlyKeys("first light");
        assertThat(kept.params)
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("seed", "7", "model.scales.0", "64", "model.scales.1", "128", "model.note", ""));
        assertThat(kept.tags)
                .containsEntry("fovea.key", "f2-abcdefghijkl")
                .containsEntry("fovea.attempt", "1")
                .containsEntry("fovea.host", "node7")
                .containsEntry("fovea.checkpoint", "checkpoints/step-2")
                .containsEntry("fovea.ended", "finished")
                .containsEntry("mlflow.source.git.commit", "c0ffee");
        assertThat(kept.inputs).containsExactly("scenes#" + digest.substring(0, 36));
        assertThat(kept.status).isEqualTo("FINISHED");
        assertThat(kept.startTime).isEqualTo(first - 1);
        assertThat(kept.endTime).isEqualTo(run.now());
        assertThat(server.store.artifacts)
                .containsOnlyKeys("environment.json", "resolved.yaml", "results/curves.svg", "spec.yaml");
        assertThat(artifact("results/curves.svg")).isEqualTo("<svg/>");
        assertThat(run.warnings).isEmpty();
    }

    @Test
    void manyMetricsParametersAndTagsAreCutIntoBatches() {
        StringBuilder spec = new StringBuilder("model:\n");
        for (int i = 0; i < 257; i++) {
            spec.append("  p")
                    .append(i)
                    .append(": v")
                    .append("v".repeat(i * 40))
                    .append('\n');
        }
        run.facts = run.facts.withParametersOf(spec.toString());
        Map<String, String> facts = new LinkedHashMap<>();
        for (int i = 0; i < 101; i++) {
            facts.put("fact" + i, "x".repeat(i * 101));
        }
        run.append(new JournalEntry.Started(1, 1, "f2-abcdefghijkl", facts));
        SequencedMap<String, Double> wide = new LinkedHashMap<>();
        for (int i = 0; i < 1003; i++) {
            wide.put("wide/m" + i, (double) i);
        }
        run.append(new JournalEntry.Scalars(5, 1, wide));
        for (int i = 0; i < 1501; i++) {
            run.scalars(i, "a", i, "b", -i);
        }
        track();
        Run kept = server.store.only();
        assertThat(kept.metrics).hasSize(1003 + 2 * 1501).doesNotHaveDuplicates();
        assertThat(kept.params).hasSize(257);
        assertThat(kept.params.get("model.p200")).hasSize(6000).endsWith("…");
        assertThat(kept.tags).containsKey("fovea.fact100");
        assertThat(run.warnings).isEmpty();
    }

    @Test
    void aContinuedRunStaysOneRunAndDoesNotRepeatSteps() {
        run.start(1);
        run.scalars(1, "loss", 3);
        run.scalars(2, "loss", 2, "eval/x", 0.5);
        run.end(2, "preempted");
        track();
        assertThat(server.store.only().status).isEqualTo("RUNNING");

        run.start(2);
        run.scalars(2, "loss", 2, "fresh", 9);
        run.scalars(3, "loss", 1, "eval/x", 0.6);
        track();
        assertThat(server.store.only().status).isEqualTo("RUNNING");

        run.end(3, "interrupted");
        track();
        assertThat(server.store.only().status).isEqualTo("KILLED");

        run.start(3);
        track();
        assertThat(server.store.only().status).isEqualTo("RUNNING");
        assertThat(server.store.only().endTime).isZero();

        run.end(3, "failed:nan");
        track();
        Run kept = server.store.only();
        assertThat(kept.status).isEqualTo("FAILED");
        assertThat(kept.metrics)
                .extracting(p -> p.key() + "@" + p.step() + "=" + p.value())
                .containsExactly(
                        "loss@1=3.0", "loss@2=2.0", "eval/x@2=0.5", "fresh@2=9.0", "loss@3=1.0", "eval/x@3=0.6");
        assertThat(kept.tags).containsEntry("fovea.attempt", "3").containsEntry("fovea.ended", "failed:nan");
        assertThat(server.count("runs/create")).isEqualTo(1);
        assertThat(run.warnings).isEmpty();
    }

    @Test
    void unchangedFilesAreNotSentAgain() {
        run.write("results/table.md", "one");
        run.start(1);
        track();
        run.write("results/table.md", "two");
        run.end(0, "finished");
        track();
        assertThat(server.count("resolved.yaml")).isEqualTo(1);
        assertThat(artifact("results/table.md")).isEqualTo("two");
    }

    @Test
    void awkwardFileNamesArrive() {
        run.write("results/ä b+c%20.md", "x");
        run.start(1);
        track();
        assertThat(artifact("results/ä b+c%20.md")).isEqualTo("x");
    }

    @Test
    void filesStayWhereTheyAreIfTheServerKeepsArtifactsElsewhere() {
        server.store.artifactRoot = "s3://bucket/x";
        run.start(1);
        run.scalars(1, "loss", 1);
        track();
        assertThat(server.store.only().metrics).hasSize(1);
        assertThat(run.warnings).singleElement().asString().contains("artifacts are kept outside the server, at s3://");
    }

    @Test
    void anotherTaskMakingTheExperimentAtTheSameTimeIsNoProblem() {
        server.store.raceNextExperiment = true;
        run.start(1);
        run.scalars(1, "loss", 1);
        track();
        assertThat(server.store.only().experiment).isEqualTo("77");
        assertThat(run.warnings).isEmpty();
    }

    @Test
    void twoRunsShareAnExperiment(@TempDir Path other) {
        run.start(1);
        track();
        try (TrackedRun second = new TrackedRun(other)) {
            second.start(1);
            try (Tracking tracking = second.open(server.uri())) {
                assertThat(tracking.flush(TrackedRun.LONG)).isTrue();
            }
        }
        assertThat(server.store.runs).hasSize(2);
        assertThat(server.store.experiments).hasSize(1);
    }

    @Test
    void theEnvironmentNamesTheServerWhereTheSpecDoesNot() {
        run.environment = Map.of("MLFLOW_TRACKING_URI", server.uri() + "/");
        run.start(1);
        try (Tracking tracking = run.open("")) {
            assertThat(tracking.place()).isEqualTo(server.uri());
            assertThat(tracking.flush(TrackedRun.LONG)).isTrue();
        }
        assertThat(server.store.runs).hasSize(1);
        assertThat(workspace.resolve("mlruns")).doesNotExist();
    }

    @Test
    void aMetricThatTheServerWillNotHaveDoesNotHoldUpTheOthers() {
        server.store.refusedMetric = "bad";
        run.start(1);
        for (int i = 0; i < 5; i++) {
            run.scalars(i, "a", i, "bad", i, "c", i);
        }
        track();
        assertThat(server.store.only().metrics)
                .extracting(p -> p.key() + p.step())
                .containsExactlyInAnyOrder("a0", "c0", "a1", "c1", "a2", "c2", "a3", "c3", "a4", "c4");
        assertThat(run.warnings).isNotEmpty().allMatch(w -> w.startsWith("tracking: metric bad is not kept:"));
    }

    @Test
    void metricsThatAServerTakesAndLosesAreTold() {
        server.store.lostMetric = "b";
        run.start(1);
        run.scalars(1, "a", 1, "b", 2);
        run.end(1, "finished");
        track();
        assertThat(run.warnings)
                .containsExactly("tracking: " + server.uri() + " took all metrics but does not show 1 of 2: b");
    }

    @Test
    void nothingIsTrackedIfTheSpecSaysSo() {
        run.start(1);
        try (Tracking tracking = Tracking.open(
                new TrackingSpec("none", server.uri(), "x"),
                Map.of(),
                workspace,
                run.facts,
                JournalSource.of(run.folder.journalFile()),
                run.folder.path(),
                run.warnings::add)) {
            assertThat(tracking.flush(TrackedRun.LONG)).isTrue();
            assertThat(tracking.place()).isEmpty();
        }
        assertThat(server.requests).isEmpty();
        assertThat(List.of(run.bookmark(), workspace.resolve("mlruns")))
                .noneMatch(p -> p.toFile().exists());
    }
}
