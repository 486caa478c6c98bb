package dev.fovea.reports.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.dsl.run.JournalEntry;
import dev.fovea.dsl.run.MetricHistory;
import dev.fovea.dsl.run.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    void curvesComeFromAJournal() {
        List<Series> series = LearningCurves.series(MetricHistory.of(List.of(
                new JournalEntry.Started(1, 1, "k", Map.of()),
                scalars(2, 1, 3.0),
                scalars(3, 2, 2.5),
                new JournalEntry.Started(4, 2, "k", Map.of()),
                scalars(5, 2, 2.0),
                scalars(6, 3, Double.NaN),
                scalars(7, 3, 1.0))));
        assertThat(series).extracting(Series::name).containsExactly("loss");
        assertThat(series.getFirst().x()).containsExactly(1, 2, 3);
        assertThat(series.getFirst().y()).containsExactly(3, 2, 1);
        assertThat(LearningCurves.write(folder, MetricHistory.of(List.of()))).isEmpty();
    }

    private static JournalEntry scalars(long time, long step, double value) {
        return new JournalEntry.Scalars(time, step, new LinkedHashMap<>(Map.of("loss", value)));
    }

    @Test
    void aFolderThatCannotBeWrittenIsNamed() throws IOException {
        Files.writeString(folder.resolve("results"), "in the way");
        assertThatThrownBy(() -> LearningCurves.write(folder, List.of(series("loss"))))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(folder.resolve("results").toString());
    }

    @Test
    void nothingToShowWritesNothing() {
        Series empty = new Series("loss", new double[0], new double[0]);
        assertThat(LearningCurves.write(folder, List.of(empty))).isEmpty();
        assertThat(folder.resolve("results")).doesNotExist();
    }
}
