package dev.fovea.runtime.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.fovea.datasets.Corpora;
import dev.fovea.datasets.Corpus;
import dev.fovea.datasets.Progress;
import dev.fovea.datasets.ShardExport;
import dev.fovea.datasets.Split;
import dev.fovea.dsl.ResolvedSpec;
import dev.fovea.dsl.run.JournalEntry;
import dev.fovea.dsl.run.MetricHistory;
import dev.fovea.dsl.run.RunFolder;
import dev.fovea.dsl.run.RunState;
import dev.fovea.runtime.store.ArrowTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whole runs of a tiny spec: what they leave, exact continuation, and every way to stop.
@NullUnmarked
class ExperimentTest {
    private static final Path CACHE = Path.of("target/test-cache");

    @TempDir
    Path folder;

    /// Hears a run and stops it where told.
    private static final class Recorder implements RunListener {
        final List<Double> losses = new ArrayList<>();
        final List<Score> scores = new ArrayList<>();
        final List<String> notes = new ArrayList<>();
        RunStart start;
        long stopAt = -1;
        StopReason reason = StopReason.INTERRUPTED;
        private long step;

        @Override
        public void started(RunStart s) {
            start = s;
        }

        @Override
        public void step(StepReport r) {
            step = r.step();
            losses.add(r.losses().getFirst().value());
        }

        @Override
        public void progress(String what, long done, long total) {}

        @Override
        public void evaluated(EvalReport r) {
            scores.addAll(r.scores());
        }

        @Override
        public void saved(long s, Path checkpoint) {}

        @Override
        public void note(String text) {
            notes.add(text);
        }

        @Override
        public StopReason stopRequested() {
            return step == stopAt ? reason : null;
        }
    }

    private RunOptions options(String runs) {
        return new RunOptions(folder.resolve(runs), CACHE, true, 0, Map.of(), "test");
    }

    private Outcome run(ResolvedSpec spec, String runs, RunListener listener) {
        return Experiment.run(spec, options(runs), listener);
    }

    private static byte[] model(RunFolder run) throws IOException {
        try (Stream<Path> all = Files.list(run.checkpoints())) {
            return Files.readAllBytes(all.sorted().toList().getLast().resolve("model.safetensors"));
        }
    }

    @Test
    void aRunLeavesEverything() throws IOException {
        Recorder heard = new Recorder();
        ResolvedSpec spec = TinySpec.read(folder);
        Outcome outcome = run(spec, "runs", heard);
        assertThat(outcome.step()).isEqualTo(6);
        assertThat(outcome.stopped()).isNull();
        assertThat(heard.losses).hasSize(6).allMatch(Double::isFinite);
        assertThat(heard.start.parameters()).isPositive();
        RunFolder run = outcome.folder();
        assertThat(run.key()).isEqualTo(spec.key().text());
        assertThat(run.state().status()).isEqualTo(RunState.Status.FINISHED);
        for (String file : List.of(
                "spec.yaml",
                "resolved.yaml",
                "environment.json",
                "status.json",
                "tokenizer.json",
                "results/summary.json",
                "results/metrics.arrow",
                "results/retrieval.arrow",
                "results/selection/samples.json",
                "results/selection/scene-00.png")) {
            assertThat(run.path().resolve(file)).isNotEmptyFile();
        }
        assertThat(outcome.scores())
                .extracting(RunListener.Score::task)
                .contains("local-retrieval", "selection-recall");
        assertThat(outcome.scores()).allSatisfy(s -> {
            assertThat(s.value()).as("%s", s).isBetween(0.0, 1.0);
            assertThat(s.chance()).as("%s", s).isBetween(0.0, 1.0);
        });
        ArrowTable metrics = ArrowTable.read(run.results().resolve("metrics.arrow"));
        assertThat(metrics.texts("name")).contains("train/loss", "eval/local-retrieval/seen/r1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{type: s2}",
                "{type: s2, size: smallest}",
                "{type: anyres}",
                "{type: anyres, max_tiles: 5, grid: nearest-aspect, merge: flat}",
                "{type: anyres, merge: spatial-unpad}"
            })
    void aBaselineIsOneLineInTheSpec(String encoder) throws IOException {
        Recorder heard = new Recorder();
        ResolvedSpec spec = TinySpec.read(folder, "model.encoder=" + encoder, "schedule.length=3st", "eval.every=end");
        assertThat(spec.warnings()).isEmpty();
        Outcome outcome = run(spec, "runs", heard);
        assertThat(heard.losses).hasSize(3).allMatch(Double::isFinite);
        assertThat(heard.losses.getLast()).isNotEqualTo(heard.losses.getFirst());
        assertThat(heard.notes).anyMatch(n -> n.contains("selects no patches"));
        assertThat(outcome.scores())
                .isNotEmpty()
                .allSatisfy(s -> assertThat(s.task()).isEqualTo("local-retrieval"))
                .allSatisfy(s -> assertThat(s.value()).isBetween(0.0, 1.0));
        RunFolder run = outcome.folder();
        assertThat(run.state().status()).isEqualTo(RunState.Status.FINISHED);
        assertThat(Files.readString(run.results().resolve("selection/samples.json")))
                .isEqualToIgnoringWhitespace("[]");
        ArrowTable metrics = ArrowTable.read(run.results().resolve("metrics.arrow"));
        assertThat(metrics.texts("name"))
                .contains("train/contrastive_loss", "eval/local-retrieval/seen/r1")
                .doesNotContain("train/prior_box_loss");
        Cost cost = Cost.of(spec.spec());
        assertThat(cost.parameters()).isEqualTo(heard.start.parameters());
        assertThat(cost.untrainedParameters()).isZero();
    }

    /// Runs with switches set otherwise train and evaluate.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "loss.box.type=bce+dice loss.box.prior_target=all-boxes loss.select_with=strategy",
                "model.ps3.select.score_maps=per-scale model.ps3.select.smooth=gaussian eval.max_tokens=7",
                "model.ps3.select.per_scale=[4,16] eval.max_tokens=50 model.ps3.select.ties=random",
                "model.ps3.select.first_scales=1 model.ps3.low_res_kv_cache=false model.ps3.resize_antialias=true",
                "optim.train=selection data.captions.boxes_per_image=2 data.captions.elements_per_image=2",
                "data.tokenizer.type=bpe model.text.pool=argmax model.text.proj_bias=false"
            })
    void switchesTrainAndEvaluate(String overrides) {
        Recorder heard = new Recorder();
        List<String> all = new ArrayList<>(List.of(overrides.split(" ")));
        all.addAll(List.of("schedule.length=3st", "eval.every=end"));
        ResolvedSpec spec = TinySpec.read(folder, all.toArray(String[]::new));
        Outcome outcome = run(spec, "runs", heard);
        assertThat(heard.losses).hasSize(3).allMatch(Double::isFinite);
        assertThat(outcome.scores())
                .anySatisfy(s -> assertThat(s.task()).isEqualTo("selection-recall"))
                .allSatisfy(s -> assertThat(s.value()).isBetween(0.0, 1.0));
    }

    @Test
    void aFinishedRunAnswersWithItsResults() throws IOException {
        ResolvedSpec spec = TinySpec.read(folder, "schedule.length=3st", "eval.every=end");
        Recorder first = new Recorder(), again = new Recorder(), damaged = new Recorder();
        Outcome outcome = run(spec, "runs", first);
        long entries = outcome.folder().entries().size();
        Outcome same = run(spec, "runs", again);
        assertThat(same.scores()).isEqualTo(outcome.scores()).isNotEmpty();
        assertThat(same.step()).isEqualTo(3);
        assertThat(again.losses).isEmpty();
        assertThat(again.notes).anyMatch(n -> n.contains("the run is finished, at step 3"));
        assertThat(outcome.folder().entries()).hasSize((int) entries);
        Files.writeString(outcome.folder().results().resolve("summary.json"), "{");
        assertThat(run(spec, "runs", damaged).scores()).isEqualTo(outcome.scores());
        assertThat(damaged.notes).anyMatch(n -> n.contains("missing or damaged"));
    }

    @Test
    void continuationIsExactWhereverARunWasStopped() throws IOException {
        ResolvedSpec spec = TinySpec.read(folder);
        Recorder straight = new Recorder();
        Outcome whole = run(spec, "straight", straight);
        Recorder pieces = new Recorder();
        for (long at : new long[] {1, 4, 5}) {
            pieces.stopAt = at;
            pieces.reason = at == 4 ? RunListener.StopReason.PREEMPTED : RunListener.StopReason.TERMINATED;
            Outcome part = run(spec, "pieces", pieces);
            assertThat(part.step()).isEqualTo(at);
            assertThat(part.stopped()).isEqualTo(pieces.reason);
            assertThat(part.folder().state().resumable()).isTrue();
        }
        pieces.stopAt = -1;
        Outcome last = run(spec, "pieces", pieces);
        assertThat(last.step()).isEqualTo(6);
        assertThat(pieces.losses).isEqualTo(straight.losses);
        assertThat(model(last.folder())).isEqualTo(model(whole.folder()));
        assertThat(last.scores()).isEqualTo(whole.scores());
        assertThat(points(last.folder())).isEqualTo(points(whole.folder()));
        assertThat(last.folder().state().attempts()).isEqualTo(4);
    }

    /// Metrics by step and name; times differ from run to run.
    private static List<String> points(RunFolder run) {
        return MetricHistory.of(run.entries()).points().stream()
                .map(p -> p.step() + " " + p.name() + " " + p.value())
                .sorted()
                .toList();
    }

    @Test
    void aNewestCheckpointThatIsDamagedIsPassedOver() throws IOException {
        ResolvedSpec spec = TinySpec.read(folder, "run.checkpoint.every=2st");
        Recorder heard = new Recorder();
        heard.stopAt = 5;
        RunFolder run = run(spec, "runs", heard).folder();
        Path damaged = run.checkpoints().resolve("step-00000005/model.safetensors");
        byte[] bytes = Files.readAllBytes(damaged);
        bytes[bytes.length - 1] ^= 1;
        Files.write(damaged, bytes);
        heard.stopAt = -1;
        Outcome last = run(spec, "runs", heard);
        assertThat(heard.notes).anyMatch(n -> n.contains("step-00000005") && n.contains("passed over"));
        assertThat(heard.start.firstStep()).isEqualTo(4);
        assertThat(model(last.folder()))
                .isEqualTo(model(run(spec, "straight", new Recorder()).folder()));
    }

    @Test
    void aLossThatIsNotFiniteStopsTheRunAndNamesTheOp() {
        ResolvedSpec spec = TinySpec.read(
                folder,
                "optim.lr=1000",
                "optim.weight_decay=1",
                "optim.grad_clip=none",
                "schedule.warmup=0st",
                "schedule.length=40st",
                "eval.every=end");
        Recorder heard = new Recorder();
        assertThatExceptionOfType(RunException.class)
                .isThrownBy(() -> run(spec, "runs", heard))
                .satisfies(e -> assertThat(e.kind()).isEqualTo(RunException.Kind.NOT_FINITE))
                .satisfies(e -> assertThat(e.getMessage()).startsWith("step " + (heard.losses.size() + 1) + ":"))
                .withMessageMatching("(?s).*the first value that is not finite came from \\w+\\[%.*");
        RunFolder run =
                RunFolder.find(folder.resolve("runs"), spec.key().text()).orElseThrow();
        assertThat(run.state().status()).isEqualTo(RunState.Status.FAILED);
        assertThat(run.entries().getLast()).isInstanceOfSatisfying(JournalEntry.Ended.class, e -> {
            assertThat(e.reason()).isEqualTo("failed:nan");
            assertThat(e.step()).isEqualTo(heard.losses.size());
        });
        assertThat(run.checkpoints().resolve("step-%08d".formatted(heard.losses.size())))
                .isDirectory();
    }

    @Test
    void whatDoesNotFitIsRefusedBeforeTraining() {
        assertFails(RunException.Kind.SPEC, "model.text.vocab: 4 rows are too few", "model.text.vocab=4");
        assertFails(
                RunException.Kind.OUT_OF_MEMORY,
                "batch.global: a step with 100000 pictures needs",
                "batch.global=100000");
        assertFails(
                RunException.Kind.SPEC, "the spec does not compile: more than 2^31 elements", "batch.global=1000000");
        assertFails(RunException.Kind.SPEC, "databricks", "tracking={type: mlflow, uri: databricks}");
        assertFails(
                RunException.Kind.BACKEND,
                "precision.compute: the backend reference does not have bf16; cpu has it",
                "run.backend=reference",
                "precision.compute=bf16");
        assertFails(RunException.Kind.BACKEND, "tornado is not part of this installation", "run.backend=tornado");
    }

    private void assertFails(RunException.Kind kind, String message, String... overrides) {
        assertThatExceptionOfType(RunException.class)
                .isThrownBy(() -> run(
                        TinySpec.read(folder, overrides),
                        "runs" + kind + List.of(overrides).hashCode(),
                        new Recorder()))
                .satisfies(e -> assertThat(e.kind()).isEqualTo(kind))
                .withMessageContaining(message);
    }

    @Test
    void aStartedRunIsNotOverwrittenWithoutLeave() {
        ResolvedSpec spec = TinySpec.read(folder);
        Recorder heard = new Recorder();
        heard.stopAt = 1;
        run(spec, "runs", heard);
        RunOptions fresh = new RunOptions(folder.resolve("runs"), CACHE, false, 0, Map.of(), "test");
        assertThatExceptionOfType(RunException.class)
                .isThrownBy(() -> Experiment.run(spec, fresh, new Recorder()))
                .withMessageContaining("has been started before, at step 1")
                .withMessageContaining("--resume auto");
    }

    @Test
    void anUnwritableFolderIsOneClearLine() throws IOException {
        Path file = Files.writeString(folder.resolve("runs"), "not a folder");
        assertThatExceptionOfType(RunException.class)
                .isThrownBy(() -> run(TinySpec.read(folder), "runs", new Recorder()))
                .satisfies(e -> assertThat(e.kind()).isEqualTo(RunException.Kind.STORAGE))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"))
                .withMessageContaining(file.getFileName().toString());
    }

    @Test
    void howARunIsExecutedChangesNoKeyAndSeedsChangeResults() {
        Recorder one = new Recorder(), other = new Recorder(), reseeded = new Recorder();
        run(TinySpec.read(folder, "schedule.length=3st"), "a", one);
        run(TinySpec.read(folder, "schedule.length=3st", "run.log_every=2"), "b", other);
        run(TinySpec.read(folder, "schedule.length=3st", "seed=1"), "c", reseeded);
        assertThat(other.losses).isEqualTo(one.losses);
        assertThat(other.start.key()).isEqualTo(one.start.key());
        assertThat(reseeded.losses).isNotEqualTo(one.losses);
    }

    /// Shards on disk, one picture of which cannot be decoded: it is replaced, counted and named, and the run
    /// goes on.
    @Test
    void aBrokenPictureInAShardIsNamedAndReplaced() throws IOException {
        ResolvedSpec scenes = TinySpec.read(folder);
        try (Corpus corpus = Corpora.open(scenes.spec().data(), folder, CACHE)) {
            ShardExport.export(
                    corpus, Split.TRAIN, 0, 12, folder.resolve("s"), 12, ShardExport.Format.PNG, 1, Progress.NONE);
        }
        List<Path> tars;
        try (Stream<Path> files = Files.list(folder.resolve("s"))) {
            tars = files.filter(f -> f.toString().endsWith(".tar")).sorted().toList();
        }
        Path images = tars.stream()
                .filter(t -> t.getFileName().toString().contains("image"))
                .findFirst()
                .orElseThrow();
        Path boxes = tars.stream().filter(t -> !t.equals(images)).findFirst().orElseThrow();
        byte[] tar = Files.readAllBytes(images);
        Arrays.fill(tar, 512, 512 + 32, (byte) 0);
        Files.write(images, tar);
        Recorder heard = new Recorder();
        Outcome outcome = run(
                TinySpec.read(
                        folder,
                        "data.train={type: image-text-box, images: s/" + images.getFileName() + ", text_boxes: s/"
                                + boxes.getFileName() + "}",
                        "run.max_bad_samples=0.5"),
                "runs",
                heard);
        assertThat(outcome.step()).isEqualTo(6);
        assertThat(heard.losses).hasSize(6).allMatch(Double::isFinite);
        assertThat(heard.notes).anyMatch(n -> n.contains("examples were broken and replaced: ") && n.contains(".tar"));
        assertThat(outcome.folder().entries())
                .anyMatch(e -> e instanceof JournalEntry.Note n && n.text().contains("broken and replaced"));
    }

    @Test
    void cpuFollowsTheReference() {
        Recorder cpu = new Recorder(), reference = new Recorder();
        run(TinySpec.read(folder, "schedule.length=3st"), "cpu", cpu);
        run(TinySpec.read(folder, "schedule.length=3st", "run.backend=reference"), "reference", reference);
        for (int i = 0; i < cpu.losses.size(); i++) {
            double expected = reference.losses.get(i);
            assertThat(Math.abs(cpu.losses.get(i) - expected))
                    .as("loss of step %s: %s and %s", i + 1, cpu.losses.get(i), expected)
                    .isLessThanOrEqualTo(1e-4 * (i + 1) * Math.abs(expected));
        }
    }
}
