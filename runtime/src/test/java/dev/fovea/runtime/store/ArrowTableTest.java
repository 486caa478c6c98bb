package dev.fovea.runtime.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.dsl.run.MetricHistory;
import dev.fovea.dsl.run.StoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tables come back as they were written.
class ArrowTableTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 65_535, 65_536, 65_537, 140_001})
    void writesAndReads(int rows) {
        long[] longs = new long[rows];
        double[] doubles = new double[rows];
        List<String> texts = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(rows);
        for (int i = 0; i < rows; i++) {
            longs[i] = random.nextLong();
            doubles[i] = i % 5 == 3 ? Double.NaN : random.nextDouble() * 1e9;
            texts.add("ä" + "x".repeat(i % 4));
        }
        Path file = folder.resolve("t.arrow");
        ArrowTable.of(
                        new ArrowTable.Longs("step", longs),
                        new ArrowTable.Doubles("value", doubles),
                        new ArrowTable.Texts("name", texts))
                .write(file);
        ArrowTable read = ArrowTable.read(file);
        assertThat(read.rows()).isEqualTo(rows);
        assertThat(read.columns().stream().map(ArrowTable.Column::name)).containsExactly("step", "value", "name");
        assertThat(read.longs("step")).isEqualTo(longs);
        assertThat(Arrays.equals(read.doubles("value"), doubles)).isTrue();
        assertThat(read.texts("name")).isEqualTo(texts);
    }

    @Test
    void metricsBecomeATable() {
        MetricHistory history = new MetricHistory(List.of(
                new MetricHistory.Point(1, 1_000, "loss", 2.5), new MetricHistory.Point(3, 2_000, "lr", Double.NaN)));
        Path file = folder.resolve("metrics.arrow");
        ArrowTable.metrics(history).write(file);
        ArrowTable read = ArrowTable.read(file);
        assertThat(read.columns().stream().map(ArrowTable.Column::name))
                .containsExactly("step", "time", "name", "value");
        assertThat(read.longs("step")).containsExactly(1, 3);
        assertThat(read.longs("time")).containsExactly(1_000, 2_000);
        assertThat(read.texts("name")).containsExactly("loss", "lr");
        assertThat(read.doubles("value")).containsExactly(2.5, Double.NaN);
    }

    @Test
    void queriesBecomeATable() {
        Path file = folder.resolve("retrieval.arrow");
        ArrowTable.retrieval(List.of(
                        new ArrowTable.RetrievalItem("seen", "scene-7", "a red fish", 1, 50),
                        new ArrowTable.RetrievalItem("unseen", "scene-8", "a drum", 13, 49)))
                .write(file);
        ArrowTable read = ArrowTable.read(file);
        assertThat(read.texts("split")).containsExactly("seen", "unseen");
        assertThat(read.texts("key")).containsExactly("scene-7", "scene-8");
        assertThat(read.texts("caption")).containsExactly("a red fish", "a drum");
        assertThat(read.longs("rank")).containsExactly(1, 13);
        assertThat(read.longs("gallery")).containsExactly(50, 49);
    }

    @Test
    void isCompressed() throws IOException {
        Path file = folder.resolve("t.arrow");
        ArrowTable.of(new ArrowTable.Doubles("zeros", new double[50_000])).write(file);
        assertThat(Files.size(file)).isLessThan(5_000);
        assertThat(new String(Files.readAllBytes(file), 0, 6, StandardCharsets.US_ASCII))
                .isEqualTo("ARROW1");
    }

    @Test
    void damageIsRefusedOrHarmless() throws IOException {
        Path file = folder.resolve("t.arrow");
        ArrowTable.of(
                        new ArrowTable.Longs("n", new long[] {1, 2, 3}),
                        new ArrowTable.Texts("t", List.of("a", "bc", "d")))
                .write(file);
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length += 13) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> ArrowTable.read(file))
                    .as("cut at %d", length)
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining(file.toString());
        }
        Files.writeString(file, "not a table at all, but long enough to look at");
        assertThatThrownBy(() -> ArrowTable.read(file))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("damaged, or not an Arrow file");
        assertThatThrownBy(() -> ArrowTable.read(folder.resolve("none")))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("no such file");
    }

    @Test
    void wrongUseIsRefused() {
        assertThatThrownBy(() ->
                        ArrowTable.of(new ArrowTable.Longs("a", new long[1]), new ArrowTable.Longs("b", new long[2])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("columns of different length: a 1, b 2");
        assertThatThrownBy(() ->
                        ArrowTable.of(new ArrowTable.Longs("a", new long[1]), new ArrowTable.Longs("a", new long[1])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("two columns of one name: a 1, a 1");
        ArrowTable table = ArrowTable.of(new ArrowTable.Longs("a", new long[1]));
        assertThatThrownBy(() -> table.doubles("a"))
                .isInstanceOf(StoreException.class)
                .hasMessage("column 'a' does not hold numbers");
        assertThatThrownBy(() -> table.texts("b"))
                .isInstanceOf(StoreException.class)
                .hasMessage("no column 'b' in the table; it has [a]");
    }
}
