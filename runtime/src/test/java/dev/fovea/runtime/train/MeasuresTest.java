package dev.fovea.runtime.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.fovea.datasets.Box;
import dev.fovea.dsl.spec.Duration;
import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.runtime.select.ScaleGrid;
import dev.fovea.runtime.select.ScoreRule;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Retrieval, selection recall, schedule and lengths on cases with known answers.
class MeasuresTest {
    private static Retrieval.Region region(String caption, double... image) {
        return new Retrieval.Region(
                "k", caption, image, caption.equals("a") ? new double[] {1, 0} : new double[] {0, 1});
    }

    @Test
    void aRegionNearestToItsOwnCaptionRanksFirst() {
        List<Retrieval.Ranked> ranked =
                new Retrieval(10, 0).rank(List.of(region("a", 1, 0), region("b", 1, 0), region("b", 0.2, 0.9)));
        assertThat(ranked).extracting(Retrieval.Ranked::rank).containsExactly(1, 2, 1);
        assertThat(ranked).extracting(Retrieval.Ranked::candidates).containsOnly(2);
        assertThat(Retrieval.recall(ranked, 1)).isEqualTo(2 / 3.0);
        assertThat(Retrieval.recall(ranked, 5)).isEqualTo(1);
        assertThat(Retrieval.chance(ranked, 1)).isEqualTo(0.5);
    }

    @Test
    void aModelWithoutAnOpinionRanksLast() {
        List<Retrieval.Region> regions = IntStream.range(0, 20)
                .mapToObj(i -> new Retrieval.Region("k" + i, "c" + i, new double[] {1, 0}, new double[] {1, 0}))
                .toList();
        assertThat(new Retrieval(8, 1).rank(regions)).allSatisfy(r -> {
            assertThat(r.rank()).isEqualTo(8);
            assertThat(r.candidates()).isEqualTo(8);
        });
        assertThat(new Retrieval(8, 1).rank(regions).toString())
                .isEqualTo(new Retrieval(8, 1).rank(regions).toString());
    }

    @Test
    void notANumberNeverRanksWell() {
        List<Retrieval.Region> regions = List.of(region("a", Double.NaN, 0), region("b", Double.NaN, 0));
        assertThat(new Retrieval(2, 0).rank(regions))
                .extracting(Retrieval.Ranked::rank)
                .containsOnly(2);
    }

    @Test
    void recallCountsThePatchesOfTheBox() {
        ScaleGrid grid = new ScaleGrid(32, 32, 4, 4);
        SelectionRecall recall =
                new SelectionRecall(new ScoreRule(2, List.of(grid), ModelSpec.Smooth.NONE), List.of(4));
        List<SelectionRecall.Selected> topLeft = recall.byMaps(List.of(new double[] {0.9, 0.1, 0.1, 0.1}));
        assertThat(topLeft.getFirst().indices()).containsExactly(0, 1, 4, 5);
        assertThat(recall.recall(topLeft, new Box(0, 0, 16, 16), 32)).isEqualTo(1);
        assertThat(recall.recall(topLeft, new Box(16, 16, 32, 32), 32)).isZero();
        assertThat(recall.recall(topLeft, new Box(8, 8, 24, 24), 32)).isEqualTo(0.25);
        assertThat(recall.recall(topLeft, new Box(7.9, 7.9, 8.1, 8.1), 32)).isEqualTo(1);
    }

    @Test
    void randomSelectionFindsItsShare() {
        ScaleGrid grid = new ScaleGrid(64, 64, 8, 8);
        SelectionRecall recall =
                new SelectionRecall(new ScoreRule(2, List.of(grid), ModelSpec.Smooth.NONE), List.of(16));
        double mean = IntStream.range(0, 2000)
                .mapToDouble(i -> recall.recall(recall.random(7, i), new Box(10, 10, 30, 30), 64))
                .average()
                .orElseThrow();
        double standardError = Math.sqrt(0.25 * 0.75 / 9 / 2000);
        assertThat(Math.abs(mean - 0.25)).as("seed 7").isLessThan(5 * standardError);
    }

    @Test
    void lengthsBecomeSteps() {
        Steps steps = new Steps(32, 1000);
        assertThat(steps.of("x", new Duration(1500, Duration.Unit.STEPS))).isEqualTo(1500);
        assertThat(steps.of("x", new Duration(75e6, Duration.Unit.SAMPLES))).isEqualTo(2343750);
        assertThat(steps.of("x", new Duration(33, Duration.Unit.SAMPLES))).isEqualTo(2);
        assertThat(steps.of("x", new Duration(2, Duration.Unit.EPOCHS))).isEqualTo(63);
        assertThatExceptionOfType(RunException.class)
                .isThrownBy(() -> steps.of("eval.every", new Duration(5, Duration.Unit.SECONDS)))
                .withMessageContaining("eval.every");
    }

    @Test
    void theRateWarmsUpAndFallsToZero() {
        Schedule s = new Schedule(2, 4, 12, true);
        List<Double> rates = new ArrayList<>();
        for (int step = 0; step < 12; step++) {
            rates.add(s.rate(step));
        }
        assertThat(rates.subList(0, 5)).containsExactly(0.5, 1.0, 1.5, 2.0, 2.0);
        assertThat(s.rate(8)).isEqualTo(1);
        assertThat(s.rate(12)).isZero();
        assertThat(new Schedule(2, 0, 12, false).rate(11)).isEqualTo(2);
    }
}
