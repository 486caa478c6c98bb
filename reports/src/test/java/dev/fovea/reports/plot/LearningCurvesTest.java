package dev.fovea.reports.plot;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LearningCurvesTest {
    @TempDir
    Path folder = Path.of("unset");

    private static Series series(String name) {
        return new Series(name, new double[] {0, 10}, new double[] {1, 0.5});
    }

    @Test
    void namesDecideTheChart() {
        List<LineChart> charts = LearningCurves.charts(List.of(
                series("train/images_per_second"),
                series("eval/selection/top-down/recall"),
                series("train/learning_rate"),
                series("train/loss/total"),
                series("train/loss/box_top_down"),
                series("eval/seen/r@1"),
                series("eval/unseen/r_at_5"),
                series("eval/selection/random/recall")));
        assertThat(charts)
                .extracting(LineChart::title)
                .containsExactly(
                        "Loss",
                        "Local-caption retrieval",
                        "Selection recall",
                        "Learning rate",
                        "train/images_per_second");
        assertThat(charts.get(0).series()).extracting(Series::name).containsExactly("total", "box_top_down");
        assertThat(charts.get(1).series()).extracting(Series::name).containsExactly("seen/r@1", "unseen/r_at_5");
        assertThat(charts.get(2).includeZero()).isTrue();
        assertThat(charts.get(0).includeZero()).isFalse();
    }

    @Test
    void writesBothFormsInTheResultsFolder() {
        assertThat(LearningCurves.write(folder, List.of(series("loss"), series("lr"))))
                .containsExactly(folder.resolve("results/curves.svg"), folder.resolve("results/curves.png"))
                .allMatch(p -> p.toFile().length() > 1000);
    }

    @Test
    void nothingToShowWritesNothing() {
        Series empty = new Series("loss", new double[0], new double[0]);
        assertThat(LearningCurves.write(folder, List.of(empty))).isEmpty();
        assertThat(folder.resolve("results")).doesNotExist();
    }
}
