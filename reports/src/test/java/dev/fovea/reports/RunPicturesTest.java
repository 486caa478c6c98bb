package dev.fovea.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.dsl.run.Journal;
import dev.fovea.dsl.run.JournalEntry;
import dev.fovea.dsl.run.StoreException;
import dev.fovea.reports.plot.SelectionSample;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunPicturesTest {
    private static final String SAMPLES = """
            [{"key": "scene-7", "caption": "a bell", "picture": "scene-00.png", "side": 5, "box": [1, 2, 3.5, 4],
              "layers": [
                {"name": "bottom-up", "rows": 2, "columns": 2, "probability": [0, 0.25, 0.5, 1], "selected": []},
                {"name": "top-down", "rows": 1, "columns": 3, "probability": [0, 1, 0],
                 "selected": [{"rows": 2, "columns": 2, "indices": [0, 3]}, {"rows": 4, "columns": 4, "indices": [9]}]}
              ]}]
            """;

    private final Path run;

    RunPicturesTest(@TempDir Path run) throws IOException {
        this.run = run;
        try (Journal journal = Journal.openForAppend(run.resolve("journal"))) {
            journal.append(new JournalEntry.Started(1, 1, "f2-x", Map.of()));
            for (int step = 1; step <= 3; step++) {
                journal.append(new JournalEntry.Scalars(step, step, new LinkedHashMap<>(Map.of("train/loss", 0.5))));
            }
        }
    }

    private void keepSample(String json) throws IOException {
        Path folder = Files.createDirectories(run.resolve("results/selection"));
        BufferedImage picture = new BufferedImage(5, 4, BufferedImage.TYPE_INT_RGB);
        picture.setRGB(3, 2, 0x0a0bfc);
        ImageIO.write(picture, "png", folder.resolve("scene-00.png").toFile());
        Files.writeString(folder.resolve("samples.json"), json);
    }

    @Test
    void drawsWhatTheFolderHolds() throws IOException {
        assertThat(RunPictures.draw(run)).hasSize(2);
        keepSample(SAMPLES);
        assertThat(RunPictures.draw(run))
                .extracting(p -> run.relativize(p).toString())
                .containsExactly(
                        "results/curves.svg",
                        "results/curves.png",
                        "results/selection-maps.png",
                        "results/selection-maps.svg");
    }

    @Test
    void samplesAreReadAsTheyAre() throws IOException {
        keepSample(SAMPLES);
        List<SelectionSample> samples = SelectionFiles.read(run);
        SelectionSample sample = samples.getFirst();
        assertThat(samples).hasSize(1);
        assertThat(sample.key()).isEqualTo("scene-7");
        assertThat(sample.caption()).isEqualTo("a bell");
        assertThat(sample.width()).isEqualTo(5);
        assertThat(sample.height()).isEqualTo(4);
        assertThat(sample.rgb()).endsWith(0, 0, 0).hasSize(60);
        assertThat(List.of(sample.rgb()[39], sample.rgb()[40], sample.rgb()[41]))
                .containsExactly((byte) 0x0a, (byte) 0x0b, (byte) 0xfc);
        assertThat(sample.box()).isEqualTo(new SelectionSample.Box(1, 2, 3.5, 4));
        assertThat(sample.layers().get(0).probability()).containsExactly(0, 0.25, 0.5, 1);
        assertThat(sample.layers().get(1).columns()).isEqualTo(3);
        assertThat(sample.layers().get(1).selectedPatches())
                .containsExactly(new int[] {2, 2, 0}, new int[] {2, 2, 3}, new int[] {4, 4, 9});
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"rows\": 1, | \"rows\": 2, | layer top-down: 3 scores for 2 x 3",
                "scene-00.png | ../none.png | no such file or folder (",
                "[9] | [16] | patch [4, 4, 16]",
                "\"caption\" | \"title\" | caption",
            })
    void whatIsWrongIsNamed(String right, String wrong, String message) throws IOException {
        keepSample(SAMPLES.replace(right, wrong));
        assertThatThrownBy(() -> SelectionFiles.read(run))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(
                        run.resolve("results/selection/samples.json").toString())
                .hasMessageContaining(message);
    }

    @Test
    void aFileThatIsNoPictureIsNamed() throws IOException {
        keepSample(SAMPLES);
        Files.writeString(run.resolve("results/selection/scene-00.png"), "no");
        assertThatThrownBy(() -> SelectionFiles.read(run)).hasMessageContaining("scene-00.png is no picture");
    }
}
