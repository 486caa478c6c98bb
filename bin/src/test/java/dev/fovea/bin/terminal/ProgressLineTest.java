package dev.fovea.bin.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.runtime.train.RunListener.EvalReport;
import dev.fovea.runtime.train.RunListener.Named;
import dev.fovea.runtime.train.RunListener.RunStart;
import dev.fovea.runtime.train.RunListener.Score;
import dev.fovea.runtime.train.RunListener.StepReport;
import dev.fovea.runtime.train.RunListener.StopReason;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The live line and its plain form, with a clock that stands still unless told.
class ProgressLineTest {
    private static final String CLEAR = "\r\u001b[K";

    private final StringWriter text = new StringWriter();
    private long nanos;
    private int columns = 200;
    private @Nullable StopReason stop;

    @Test
    void plainLinesComeAtIntervalsAndHaveNoControlCharacters() {
        try (ProgressLine line = line(false, false)) {
            line.started(new RunStart("f2-x", "demo", Path.of("runs/f2-x"), 0, 1200, "cpu", 2, 142_000, 5 << 20));
            for (int step = 1; step <= 1200; step++) {
                line.step(report(step));
                nanos += 50_000_000;
            }
            line.saved(1200, Path.of("runs/f2-x/checkpoints/last"));
        }
        assertThat(text.toString()).doesNotContain("\r", "\u001b");
        assertThat(text.toString().lines())
                .startsWith(
                        "demo  f2-x",
                        "  142K parameters, 1200 steps, 5.00 MiB predicted",
                        "  cpu",
                        "step    1/1200  loss 3.250  contrast 2.910  box 0.3400  41.2 images/s  1.20 GiB  2:05 min left",
                        "step  201/1200  loss 3.250  contrast 2.910  box 0.3400  41.2 images/s  1.20 GiB  2:05 min left")
                .endsWith("step 1200 saved in runs/f2-x/checkpoints/last")
                .hasSize(3 + 6 + 1 + 1);
    }

    @Test
    void theLiveLineIsRewrittenOnceASecondAndGoneAtTheEnd() {
        try (ProgressLine line = line(true, false)) {
            for (int step = 1; step <= 30; step++) {
                line.step(report(step));
                nanos += 100_000_000;
            }
        }
        String shown = text.toString();
        assertThat(shown).doesNotContain("\n").endsWith(CLEAR);
        assertThat(shown.split("\r", -1)).hasSize(1 + 3 + 1);
        assertThat(shown)
                .contains("step    1/1200", "step   11/1200", "step   21/1200")
                .doesNotContain("step    2/");
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 30, 45, 60, 80, 100, 132})
    void theLiveLineNeverWraps(int width) {
        columns = width;
        try (ProgressLine line = line(true, false)) {
            line.step(report(600));
        }
        String shown = text.toString().replace(CLEAR, "");
        assertThat(shown.codePointCount(0, shown.length())).isLessThan(width);
        assertThat(shown).startsWith("step  600/1200");
        assertThat(shown.contains("loss 3.250")).isEqualTo(width >= 30);
        assertThat(shown.endsWith("2:05 min left")).isEqualTo(width >= 45);
        assertThat(shown.contains("contrast")).isEqualTo(width >= 100);
    }

    @Test
    void followsAWindowThatBecomesNarrower() {
        try (ProgressLine line = line(true, false)) {
            line.step(report(1));
            columns = 40;
            nanos += 2_000_000_000L;
            line.step(report(2));
        }
        String last = text.toString().split("\r", -1)[2];
        assertThat(last.replace("\u001b[K", "").length()).isLessThan(40);
    }

    @Test
    void drawsABarOfTheShareDone() {
        assertThat(ProgressText.fitted(report(600), 200, true)).contains("  ━━━━━━━━╌╌╌╌╌╌╌╌  ");
        assertThat(ProgressText.fitted(report(600), 200, false)).contains("  ########........  ");
        assertThat(ProgressText.fitted(report(1200), 200, false)).contains("  ################  ");
    }

    @Test
    void lastingLinesStandAboveTheLiveOne() {
        try (ProgressLine line = line(true, false)) {
            line.step(report(1));
            line.note("resumed at step 0");
            line.evaluated(new EvalReport(
                    1,
                    List.of(
                            new Score("local-retrieval", "seen", "R@1", 0.25, 0.01, 100),
                            new Score("selection-recall", "", "recall", 0.5, Double.NaN, 100))));
        }
        assertThat(text.toString())
                .contains(CLEAR + "resumed at step 0\n")
                .contains("step 1 evaluated:  R@1 (seen) 0.2500  recall 0.5000\n");
    }

    @Test
    void otherWorkHasItsOwnLine() {
        try (ProgressLine line = line(true, false)) {
            line.progress("drawing", 0, 40);
            line.progress("drawing", 10, 40);
            nanos += 1_000_000_000L;
            line.progress("drawing", 20, 40);
            line.progress("compiling", 0, 0);
            line.step(report(1));
        }
        assertThat(text.toString().replace("\u001b[K", "").split("\r"))
                .startsWith("", "drawing 0/40", "drawing 20/40", "compiling ...")
                .hasSize(5);
    }

    @Test
    void countsDownWhileAStepTakesLong() {
        try (ProgressLine line = line(true, false)) {
            line.tick();
            line.started(new RunStart("f2-x", "demo", Path.of("x"), 5, 1200, "cpu", 2, 142_000, 0));
            line.tick();
            line.step(report(6));
            line.tick();
            nanos += 20_000_000_000L;
            line.tick();
            nanos += 200_000_000_000L;
            line.tick();
            line.progress("evaluating", 1, 2);
            nanos += 2_000_000_000L;
            line.tick();
        }
        assertThat(text.toString()).startsWith("demo  f2-x\n  142K parameters, steps 6 to 1200\n  cpu\n");
        assertThat(text.toString().replace("\u001b[K", "").split("\r"))
                .extracting(shown -> shown.replaceAll(".* images/s  1.20 GiB  ", ""))
                .endsWith("step 5/1200 ...", "2:05 min left", "1:45 min left", "0.0 s left", "evaluating 1/2");
    }

    @Test
    void aFinishedRunSaysSo() {
        try (ProgressLine line = line(false, false)) {
            line.started(new RunStart("f2-x", "demo", Path.of("x"), 1200, 1200, "cpu", 2, 142_000, 0));
        }
        assertThat(text.toString()).isEqualTo("demo  f2-x\n  142K parameters, all 1200 steps done\n  cpu\n");
    }

    @Test
    void quietMeansNotesOnly() {
        try (ProgressLine line = line(false, true)) {
            line.step(report(1));
            line.progress("drawing", 0, 40);
            line.saved(1, Path.of("x"));
            line.evaluated(new EvalReport(1, List.of()));
            line.note("the last checkpoint is damaged");
        }
        assertThat(text.toString()).isEqualTo("the last checkpoint is damaged\n");
    }

    @Test
    void remembersTheLastEvaluationAndAsksForTheStop() {
        try (ProgressLine line = line(false, false)) {
            assertThat(line.lastEvaluation()).isNull();
            EvalReport report = new EvalReport(3, List.of());
            line.evaluated(report);
            assertThat(line.lastEvaluation()).isEqualTo(report);
            assertThat(line.stopRequested()).isNull();
            stop = StopReason.PREEMPTED;
            assertThat(line.stopRequested()).isEqualTo(StopReason.PREEMPTED);
        }
    }

    private ProgressLine line(boolean live, boolean quiet) {
        ProgressLine.Look look = new ProgressLine.Look(live, quiet, () -> columns, true, 10, Style.PLAIN);
        return new ProgressLine(new PrintWriter(text), look, () -> nanos, () -> stop);
    }

    private static StepReport report(long step) {
        List<Named> losses = List.of(new Named("loss", 3.25), new Named("contrast", 2.91), new Named("box", 0.34));
        return new StepReport(step, 1200, losses, 41.2, 125, 1_288_490_188L);
    }
}
