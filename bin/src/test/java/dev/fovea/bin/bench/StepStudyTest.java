package dev.fovea.bin.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.bin.bench.StepArm.Found;
import dev.fovea.bin.bench.StepArm.Outcome;
import dev.fovea.dsl.SpecReader;
import dev.fovea.dsl.Study;
import dev.fovea.runtime.bench.OpKind;
import dev.fovea.runtime.bench.PictureTimes;
import dev.fovea.runtime.bench.StepPlan;
import dev.fovea.runtime.bench.StepPlan.Mode;
import dev.fovea.runtime.bench.StepTimes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Arms are run, refused or predicted, and told of; a made-up runner takes a nanosecond an operation.
class StepStudyTest {
    private static final String SPEC = """
            fovea: v1
            name: tiny
            model:
              vision: {width: 12, depth: 2, heads: 2, mlp: 20, patch: 8}
              ps3:
                scales: [16, 32]
                select: {from_layers: [0, 1], max_tokens: 9}
              text: {width: 12, depth: 1, heads: 2, mlp: 20, context: 5, vocab: 33}
            data: {train: {type: scenes, size: 64}}
            optim: {lr: 1e-3}
            schedule: {length: 6st}
            batch: {global: 3}
            sweep:
              scales:
                list:
                  - {label: low, model.ps3.scales: [16], model.encoder: {type: anyres, grid: nearest-aspect}}
                  - {label: "32, selected", model.ps3.scales: [16, 32]}
                  - {label: "64, selected", model.ps3.scales: [16, 32, 64]}
                  - {label: 32 all, model.ps3.scales: [16, 32], model.ps3.select.max_tokens: 16}
                  - {label: 64 all, model.ps3.scales: [16, 32, 64], model.ps3.select.max_tokens: 80}
            """;

    @TempDir
    private Path folder = Path.of("");

    private final List<String> told = new ArrayList<>();

    private static List<StepArm> arms() {
        Study study = SpecReader.readStudyText(SPEC, Path.of("tiny.yaml"), List.of());
        return study.sweeps().getFirst().points().stream()
                .map(p -> new StepArm("scales", p.label(), p.spec().spec()))
                .toList();
    }

    static Found found(StepArm arm, Mode mode) {
        StepPlan plan = StepPlan.of(arm.spec(), mode);
        List<OpKind> kinds = plan.kinds().stream()
                .map(k -> new OpKind(k.pass(), k.name(), k.calls(), k.flops(), k.bytes(), k.flops() * 1e-9))
                .toList();
        StepPlan timed = new StepPlan(
                plan.scales(),
                plan.lowTokens(),
                plan.highTokens(),
                plan.highPatches(),
                plan.plannedBytes(),
                plan.flops(),
                kinds);
        double seconds = plan.flops() * 1e-9;
        StepTimes times = new StepTimes(
                timed, seconds, 0.9 * seconds, 1.2 * seconds, 5, 3, 9, 3L << 29, "cpu (float32, gemm java, 1 thread)");
        return new Found(times, new PictureTimes(0.25, 0.5));
    }

    private List<Outcome> run(StepRunner runner, long memory, double limit) throws IOException {
        return new StepStudy(runner, memory, limit, told::add).run(arms(), List.of(Mode.TRAINING, Mode.FORWARD));
    }

    @Test
    void everyArmIsRunInEveryMode() throws IOException {
        List<Outcome> outcomes = run(StepStudyTest::found, Long.MAX_VALUE, 1e9);
        assertThat(outcomes).hasSize(10).allSatisfy(o -> assertThat(o.found()).isNotNull());
        assertThat(outcomes.getFirst().name()).isEqualTo("low, training step");
        assertThat(outcomes.get(1).name()).isEqualTo("low, one look");
        assertThat(outcomes.getFirst().seconds())
                .isEqualTo(outcomes.getFirst().plan().flops() * 1e-9);
    }

    @Test
    void whatTakesTooLongIsPredictedFromTheLargestArmThatRan() throws IOException {
        StepPlan all = StepPlan.of(arms().getLast().spec(), Mode.TRAINING);
        List<Outcome> outcomes = run(StepStudyTest::found, Long.MAX_VALUE, all.flops() * 1e-9 * 0.9);
        Outcome last = outcomes.get(8);
        assertThat(last.found()).isNull();
        assertThat(last.seconds()).isCloseTo(all.flops() * 1e-9, org.assertj.core.api.Assertions.withinPercentage(0.1));
        assertThat(last.note()).startsWith("a step would take").contains("more than --limit");
        assertThat(outcomes.get(7).found()).as("what is short enough is run").isNotNull();
        assertThat(told).anyMatch(line -> line.startsWith("64 all, training step: not run, a step would take"));
    }

    @Test
    void whatDoesNotFitIsRefusedBeforeItIsRun() throws IOException {
        StepPlan all = StepPlan.of(arms().getLast().spec(), Mode.TRAINING);
        List<Outcome> outcomes = run(StepStudyTest::found, all.plannedBytes() - 1, 1e9);
        assertThat(outcomes.get(8).found()).isNull();
        assertThat(outcomes.get(8).note()).startsWith("needs").endsWith("are free");
        assertThat(run(StepStudyTest::found, 0, 1e9))
                .as("nothing ran, nothing to predict from")
                .allSatisfy(o -> assertThat(o.seconds()).isNaN());
    }

    @Test
    void anArmThatFailsDoesNotEndTheStudy() throws IOException {
        List<Outcome> outcomes = run(
                (arm, mode) -> {
                    if (arm.label().equals("32 all")) {
                        throw new StepFailure("java.lang.OutOfMemoryError: x");
                    }
                    return found(arm, mode);
                },
                Long.MAX_VALUE,
                1e9);
        assertThat(outcomes.get(6).note()).isEqualTo("failed: java.lang.OutOfMemoryError: x");
        assertThat(outcomes.get(8).found()).isNotNull();
    }

    @Test
    void theTableHasARowForEachArm() throws IOException {
        StepPlan all = StepPlan.of(arms().getLast().spec(), Mode.TRAINING);
        StepRows rows = StepRows.of(run(StepStudyTest::found, Long.MAX_VALUE, all.flops() * 1e-9 * 0.9));
        String markdown = rows.markdown(BenchFileTest.MACHINE);
        assertThat(markdown.lines().toList().get(2)).startsWith("| low | 16 |  | 4 | ");
        assertThat(markdown.lines().toList().get(3)).contains("| 9 of 16 | 13 |", "| 1.50 GiB |", "| 750 ms |");
        assertThat(markdown.lines().toList().get(6)).contains("| 80 of 80 | 84 | ≈ 0.0 s |  |");
        assertThat(markdown).contains("From [16, 32] to [16, 32, 64] with 9 patches each: step +");
        List<String> csv = rows.csv().lines().toList();
        assertThat(csv).hasSize(6);
        assertThat(csv.get(2)).startsWith("\"32, selected\",16 32,9,16,13,");
        assertThat(csv.get(5)).contains(",false,").contains("more than --limit");
        int columns = csv.getFirst().split(",", -1).length;
        assertThat(csv.get(1).split(",", -1)).hasSize(columns);
    }

    @Test
    void thePlotHasALineForSelectedAndOneForAllPatches() throws IOException {
        StepPlan all = StepPlan.of(arms().getLast().spec(), Mode.TRAINING);
        StepRows rows = StepRows.of(run(StepStudyTest::found, Long.MAX_VALUE, all.flops() * 1e-9 * 0.9));
        List<Path> files = StepPlot.write(rows, "tiny", folder);
        assertThat(files).containsExactly(folder.resolve("plot.svg"), folder.resolve("plot.png"));
        String svg = Files.readString(files.getFirst());
        assertThat(svg).contains("all patches", "9 selected patches", "largest scale, pixels", "stroke-dasharray");
        StepRows one = new StepRows(rows.rows().subList(0, 1));
        assertThat(StepPlot.write(one, "tiny", folder.resolve("none"))).isEmpty();
    }
}
