package dev.fovea.runtime.track;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.dsl.run.JournalEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Without a server the run is a folder that MLflow reads.
class MlrunsFolderTest {
    private final Path workspace;
    private final TrackedRun run;

    MlrunsFolderTest(@TempDir Path workspace) {
        this.workspace = workspace;
        this.run = new TrackedRun(workspace);
    }

    @AfterEach
    void close() {
        run.close();
    }

    private void track() {
        try (Tracking tracking = run.open("")) {
            assertThat(tracking.flush(TrackedRun.LONG)).as("%s", run.warnings).isTrue();
        }
        assertThat(run.warnings).isEmpty();
    }

    private static Path onlyFolder(Path parent) throws IOException {
        try (Stream<Path> children = Files.list(parent)) {
            List<Path> folders = children.filter(Files::isDirectory).toList();
            assertThat(folders).hasSize(1);
            return folders.getFirst();
        }
    }

    private Path experiment() throws IOException {
        return onlyFolder(workspace.resolve("mlruns"));
    }

    private Path tracked() throws IOException {
        return onlyFolder(experiment());
    }

    private static JsonNode meta(Path folder) throws IOException {
        return new YAMLMapper().readTree(Files.readString(folder.resolve("meta.yaml")));
    }

    private List<String> metric(String name) throws IOException {
        return Files.readAllLines(tracked().resolve("metrics").resolve(name));
    }

    @Test
    void layoutIsThatOfTheFileStore() throws IOException {
        run.write("results/curves.svg", "<svg/>");
        run.facts = run.facts.withTag("mlflow.source.git.commit", "c0ffee");
        run.start(1);
        run.scalars(1, "loss/total", 0.5, "R@1", Double.NaN);
        run.scalars(2, "loss/total", 1e-5, "up", Double.NEGATIVE_INFINITY);
        long last = run.now();
        run.end(2, "finished");
        track();

        JsonNode experiment = meta(experiment());
        assertThat(experiment.propertyNames())
                .containsExactly(
                        "artifact_location",
                        "creation_time",
                        "experiment_id",
                        "last_update_time",
                        "lifecycle_stage",
                        "name");
        assertThat(experiment.path("name").asString()).isEqualTo("first light");
        assertThat(experiment.path("experiment_id").isString()).isTrue();
        assertThat(experiment.path("experiment_id").asString())
                .matches("[1-9]\\d{17}")
                .isEqualTo(experiment().getFileName().toString());

        JsonNode meta = meta(tracked());
        assertThat(List.copyOf(meta.propertyNames()))
                .isSorted()
                .contains("run_id", "run_uuid", "experiment_id", "start_time", "end_time", "user_id", "status");
        assertThat(meta.path("run_id").asString())
                .matches("[0-9a-f]{32}")
                .isEqualTo(meta.path("run_uuid").asString())
                .isEqualTo(tracked().getFileName().toString());
        assertThat(meta.path("experiment_id").asString())
                .isEqualTo(experiment.path("experiment_id").asString());
        assertThat(meta.path("run_name").asString()).isEqualTo("quick");
        assertThat(meta.path("status").asInt()).isEqualTo(3);
        assertThat(meta.path("start_time").asLong()).isEqualTo(1_700_000_000_001L);
        assertThat(meta.path("end_time").asLong()).isEqualTo(run.now());
        assertThat(meta.path("artifact_uri").asString())
                .isEqualTo("file://" + tracked().resolve("artifacts"));

        assertThat(metric("loss/total")).containsExactly((last - 1) + " 0.5 1", last + " 1.0E-5 2");
        assertThat(metric("R_at_1")).containsExactly((last - 1) + " NaN 1");
        assertThat(metric("up")).containsExactly(last + " -Infinity 2");
        assertThat(tracked().resolve("params/model.scales.1")).hasContent("128");
        assertThat(Files.readString(tracked().resolve("params/seed"))).isEqualTo("7");
        assertThat(Files.readString(tracked().resolve("tags/mlflow.runName"))).isEqualTo("quick");
        assertThat(tracked().resolve("tags/mlflow.source.git.commit")).hasContent("c0ffee");
        assertThat(tracked().resolve("tags/fovea.key")).hasContent("f2-abcdefghijkl");
        assertThat(tracked().resolve("artifacts/results/curves.svg")).hasContent("<svg/>");
        assertThat(tracked().resolve("artifacts/resolved.yaml")).exists();
        try (Stream<Path> all = Files.walk(workspace.resolve("mlruns"))) {
            assertThat(all).noneMatch(p -> p.getFileName().toString().endsWith(".part"));
        }
    }

    @Test
    void aContinuedRunGoesOnInItsFolder() throws IOException {
        run.start(1);
        run.scalars(1, "loss", 3);
        track();
        assertThat(meta(tracked()).path("status").asInt()).isEqualTo(1);
        assertThat(meta(tracked()).path("end_time").isNull()).isTrue();
        run.scalars(2, "loss", 2);
        run.end(2, "interrupted");
        track();
        assertThat(meta(tracked()).path("status").asInt()).isEqualTo(5);
        run.start(2);
        run.scalars(2, "loss", 2);
        run.scalars(3, "loss", 1);
        track();
        assertThat(meta(tracked()).path("status").asInt()).isEqualTo(1);
        assertThat(meta(tracked()).path("end_time").isNull()).isTrue();
        run.end(3, "failed:disk");
        track();
        assertThat(meta(tracked()).path("status").asInt()).isEqualTo(4);
        assertThat(metric("loss")).extracting(l -> l.split(" ")[2]).containsExactly("1", "2", "3");
        assertThat(tracked().resolve("tags/fovea.attempt")).hasContent("2");
    }

    @Test
    void preemptedRunsAreStillRunning() throws IOException {
        run.start(1);
        run.end(0, "preempted");
        track();
        assertThat(meta(tracked()).path("status").asInt()).isEqualTo(1);
        assertThat(tracked().resolve("tags/fovea.ended")).hasContent("preempted");
    }

    /// A crash leaves lines that are not acknowledged, and perhaps a torn one.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 22, 23, 24, 60, 69, 1000})
    void aCrashLeavesNoTornAndNoDoubleLines(int bytesKept) throws IOException {
        run.start(1);
        track();
        String before = Files.readString(run.bookmark());
        for (int i = 1; i <= 3; i++) {
            run.scalars(i, "loss", i, "lr", -i);
        }
        track();
        String whole = Files.readString(tracked().resolve("metrics/loss"));
        Files.writeString(tracked().resolve("metrics/loss"), whole.substring(0, Math.min(whole.length(), bytesKept)));
        // As it was between the mark and the acknowledgement.
        long end = Files.size(run.folder.journalFile());
        Files.writeString(run.bookmark(), before.replaceAll("\"sending\" : \\d+", "\"sending\" : " + end));
        run.scalars(4, "loss", 4, "lr", -4);
        track();
        assertThat(Files.readString(tracked().resolve("metrics/loss")))
                .startsWith(whole)
                .hasLineCount(4);
        assertThat(metric("lr")).hasSize(4).doesNotHaveDuplicates();
    }

    @Test
    void aTornLineIsDroppedEvenIfItsBatchWasAcknowledged() throws IOException {
        run.start(1);
        run.scalars(1, "loss", 1);
        track();
        Files.writeString(tracked().resolve("metrics/loss"), "17000", StandardOpenOption.APPEND);
        run.scalars(2, "loss", 2);
        track();
        assertThat(metric("loss")).hasSize(2).allMatch(l -> l.split(" ").length == 3);
    }

    @Test
    void runsShareAnExperimentAndFindOneOfMlflow(@TempDir Path other) throws IOException {
        Path mine = workspace.resolve("mlruns/42");
        Files.createDirectories(mine);
        Files.writeString(
                mine.resolve("meta.yaml"),
                "artifact_location: file:///x\nexperiment_id: '42'\nlifecycle_stage: active\nname: first light\n");
        run.start(1);
        track();
        assertThat(onlyFolder(mine)).exists();
        try (TrackedRun second = new TrackedRun(other)) {
            second.start(1);
            try (Tracking tracking = second.open(workspace.resolve("mlruns").toString())) {
                assertThat(tracking.flush(TrackedRun.LONG)).isTrue();
            }
        }
        try (Stream<Path> runs = Files.list(mine)) {
            assertThat(runs.filter(Files::isDirectory)).hasSize(2);
        }
    }

    @Test
    void aRemovedFolderIsWrittenAnew() throws IOException {
        run.start(1);
        run.scalars(1, "loss", 1);
        track();
        delete(workspace.resolve("mlruns"));
        run.scalars(2, "loss", 2);
        track();
        assertThat(metric("loss")).hasSize(2);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    @Test
    void manyStepsInManyRoundsAreAllThere() throws IOException {
        long seed = 11;
        SplittableRandom random = new SplittableRandom(seed);
        run.start(1);
        int step = 0;
        for (int round = 0; round < 6; round++) {
            for (int i = random.nextInt(900); i >= 0; i--) {
                run.append(new JournalEntry.Scalars(
                        run.now() + step, ++step, new LinkedHashMap<>(Map.of("loss", random.nextDouble(), "lr", 0.1))));
            }
            track();
        }
        assertThat(metric("loss")).as("seed %d", seed).hasSize(step).doesNotHaveDuplicates();
        assertThat(metric("lr")).as("seed %d", seed).hasSize(step);
    }

    @Test
    void aFolderThatCannotBeWrittenDoesNotStopTraining() throws IOException {
        Files.writeString(workspace.resolve("mlruns"), "a file in the way");
        run.start(1);
        try (Tracking tracking = run.open("")) {
            assertThat(tracking.flush(TrackedRun.LONG)).isFalse();
            assertThat(run.warnings)
                    .singleElement()
                    .asString()
                    .contains(workspace.resolve("mlruns").toString());
            Files.delete(workspace.resolve("mlruns"));
            assertThat(tracking.flush(TrackedRun.LONG)).isTrue();
        }
        assertThat(tracked().resolve("meta.yaml")).exists();
    }
}
