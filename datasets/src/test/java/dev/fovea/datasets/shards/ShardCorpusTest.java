package dev.fovea.datasets.shards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.datasets.Box;
import dev.fovea.datasets.BrokenSampleException;
import dev.fovea.datasets.Corpora;
import dev.fovea.datasets.Corpus;
import dev.fovea.datasets.DataException;
import dev.fovea.datasets.Example;
import dev.fovea.datasets.Picture;
import dev.fovea.datasets.Progress;
import dev.fovea.datasets.Region;
import dev.fovea.datasets.ShardExport;
import dev.fovea.datasets.ShardWriter;
import dev.fovea.datasets.Split;
import dev.fovea.datasets.TestIcons;
import dev.fovea.datasets.Tier;
import dev.fovea.datasets.images.ImageCodec;
import dev.fovea.dsl.spec.DataSpec;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ShardCorpusTest {
    @TempDir
    Path folder;

    private Corpus open(String range, boolean resample) {
        DataSpec.ImageTextBox source =
                new DataSpec.ImageTextBox("images-" + range + ".tar", "boxes-" + range + ".tar", resample, 0);
        return Corpora.open(TestIcons.data(source, 0.25), folder, folder.resolve("cache"));
    }

    @ParameterizedTest
    @EnumSource
    void exportedShardsReadBackTheSame(ShardExport.Format format) throws Exception {
        try (Corpus scenes = TestIcons.corpus(TestIcons.scenes(96, 5))) {
            ShardExport.Result result =
                    ShardExport.export(scenes, Split.SEEN, 3, 11, folder, 4, format, 3, Progress.NONE);
            assertThat(result).isEqualTo(new ShardExport.Result(11, 3, List.of()));
            assertThat(names())
                    .containsExactly(
                            "boxes-000000.tar",
                            "boxes-000001.tar",
                            "boxes-000002.tar",
                            "images-000000.tar",
                            "images-000001.tar",
                            "images-000002.tar");
            try (Corpus shards = open("{000000..000002}", false)) {
                assertThat(shards.size(Split.TRAIN)).isEqualTo(11);
                assertThat(shards.describe()).isEqualTo("11 examples in 3 shards, each once a pass");
                for (int i = 0; i < 11; i++) {
                    requireSame(scenes.example(Split.SEEN, 3 + i), shards.example(Split.TRAIN, i), format);
                    assertThat(shards.outline(Split.TRAIN, i)).isEqualTo(scenes.outline(Split.SEEN, 3 + i));
                }
                assertThat(shards.captions()).isSorted().doesNotHaveDuplicates();
                assertThat(scenes.captions())
                        .containsAll(shards.captions().stream()
                                .filter(caption -> !caption.contains(","))
                                .toList());
            }
        }
    }

    private static void requireSame(Example expected, Example actual, ShardExport.Format format) {
        assertThat(actual.key()).isEqualTo(expected.key());
        assertThat(actual.regions()).isEqualTo(expected.regions());
        assertThat(actual.globalCaption()).isEqualTo(expected.globalCaption());
        byte[] wanted = expected.picture().rgb();
        byte[] got = actual.picture().rgb();
        assertThat(got).hasSameSizeAs(wanted);
        if (format == ShardExport.Format.PNG) {
            assertThat(got).isEqualTo(wanted);
        } else {
            double difference = 0;
            for (int i = 0; i < got.length; i++) {
                difference += Math.abs((got[i] & 255) - (wanted[i] & 255));
            }
            assertThat(difference / got.length).isLessThan(8);
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void exportsAreTheSameBytesWithAnyNumberOfWorkers() throws IOException {
        try (Corpus scenes = TestIcons.corpus(TestIcons.scenes(64, 5))) {
            Path one = folder.resolve("one");
            Path four = folder.resolve("four");
            ShardExport.export(scenes, Split.TRAIN, 0, 5, one, 9, ShardExport.Format.PNG, 1, Progress.NONE);
            ShardExport.export(scenes, Split.TRAIN, 0, 5, four, 9, ShardExport.Format.PNG, 4, Progress.NONE);
            for (String name : List.of("images-000000.tar", "boxes-000000.tar")) {
                assertThat(Files.readAllBytes(four.resolve(name)))
                        .as(name)
                        .isEqualTo(Files.readAllBytes(one.resolve(name)));
            }
            assertThatThrownBy(() -> ShardExport.export(
                            scenes, Split.TRAIN, 0, 5, one, 9, ShardExport.Format.PNG, 1, Progress.NONE))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("exists already");
        }
    }

    @Test
    void anUnfinishedShardLeavesNothing() throws IOException {
        try (ShardWriter writer = new ShardWriter(folder, 3)) {
            writer.add("a", new byte[] {1}, "png", List.of(), "a thing");
            assertThat(names())
                    .allMatch(name -> name.startsWith(".") && name.endsWith(".part"))
                    .hasSize(2);
        }
        assertThat(names()).isEmpty();
    }

    @Test
    void brokenSamplesAreNamedAndShiftNothing() throws Exception {
        Map<String, byte[]> images = new TreeMap<>();
        Map<String, byte[]> boxes = new TreeMap<>();
        for (int i = 0; i < 12; i++) {
            images.put("k" + (10 + i) + ".png", png(20 + i, 30));
            boxes.put("k" + (10 + i) + ".json", json("{\"text\": [\"thing " + i + "\"], \"box\": [[1, 2, 11, 12.5]]}"));
        }
        images.put("k10.png", Arrays.copyOf(png(20, 30), 45));
        images.remove("k11.png");
        boxes.remove("k12.json");
        boxes.put("k13.json", json("{\"text\": [\"x\""));
        boxes.put("k14.json", json("{\"text\": [\"x\", \"y\"], \"box\": [[1, 2, 3, 4]]}"));
        boxes.put("k15.json", json("{\"text\": [\"x\"], \"box\": [[1, 2, 99, 4]]}"));
        boxes.put("k16.json", json("{\"text\": [], \"box\": []}"));
        boxes.put("k17.json", json("{\"text\": [\"x\"], \"box\": [[1, 2, 3]]}"));
        boxes.put("k18.json", json("{\"text\": [\" \"], \"box\": [[1, 2, 3, 4]]}"));
        boxes.put("k19.json", json("{\"text\": [\"x\"], \"box\": [[5, 5, 5, 9]], \"global_text\": \"all\"}"));
        boxes.put("k20.json", json("{\"global_text\": \"a whole\", \"type\": \"natural\"}"));
        tar("images-0.tar", images);
        tar("boxes-0.tar", boxes);
        try (Corpus corpus = open("0", false)) {
            Map<String, String> reasons = new TreeMap<>();
            Map<String, Example> sound = new TreeMap<>();
            for (long i = 0; i < corpus.size(Split.TRAIN); i++) {
                try {
                    Example example = corpus.example(Split.TRAIN, i);
                    sound.put(example.key(), example);
                } catch (BrokenSampleException e) {
                    reasons.put(e.key(), e.where() + ": " + e.reason());
                }
            }
            assertThat(sound.keySet()).containsExactly("k20", "k21");
            assertThat(Objects.requireNonNull(sound.get("k20")).globalCaption()).isEqualTo("a whole");
            assertThat(Objects.requireNonNull(sound.get("k21")).picture().width())
                    .isEqualTo(31);
            assertThat(Objects.requireNonNull(sound.get("k21")).regions())
                    .containsExactly(new Region(new Box(1, 2, 11, 12.5), "thing 11", "thing 11", "", Tier.LARGE));
            assertThat(reasons.get("k10")).startsWith("images-0.tar: ");
            assertThat(reasons.get("k11")).isEqualTo("boxes-0.tar: no picture with this key in images-0.tar");
            assertThat(reasons.get("k12")).isEqualTo("images-0.tar: no .json with this key in boxes-0.tar");
            assertThat(reasons.get("k13")).startsWith("boxes-0.tar: bad JSON: ");
            assertThat(reasons.get("k14")).isEqualTo("boxes-0.tar: 2 captions in text but 1 boxes in box");
            assertThat(reasons.get("k15"))
                    .isEqualTo("boxes-0.tar: box[0] [1.0, 2.0, 99.0, 4.0] is outside the picture of 25x30");
            assertThat(reasons.get("k16")).isEqualTo("boxes-0.tar: neither text nor global_text");
            assertThat(reasons.get("k17")).isEqualTo("boxes-0.tar: box[0] is not four numbers");
            assertThat(reasons.get("k18")).isEqualTo("boxes-0.tar: text[0] is not a string with words");
            assertThat(reasons.get("k19")).isEqualTo("boxes-0.tar: box[0] [5.0, 5.0, 5.0, 9.0] is empty");
            assertThat(corpus.captions()).contains("a whole", "thing 11", "all").doesNotContain("thing 2");
        }
    }

    @Test
    void damagedOrMissingShardsAreOneClearLine() throws IOException {
        assertThatThrownBy(() -> open("0", true))
                .isInstanceOf(DataException.class)
                .hasMessage("shard " + folder.resolve("images-0.tar") + " is missing");
        tar("images-0.tar", Map.of("a.png", png(300, 300)));
        Path shard = folder.resolve("images-0.tar");
        byte[] whole = Files.readAllBytes(shard);
        Files.write(shard, Arrays.copyOf(whole, 600));
        assertThatThrownBy(() -> open("0", true))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith("shard " + shard + " is damaged: ")
                .hasMessageEndingWith("; copy it again");
        Files.write(shard, whole);
        tar("boxes-0.tar", Map.of());
        tar("images-1.tar", Map.of());
        tar("boxes-1.tar", Map.of());
        assertThatThrownBy(() -> open("1", true)).hasMessage("shard images-1.tar holds no examples");
        DataSpec.ImageTextBox uneven = new DataSpec.ImageTextBox("images-{0..1}.tar", "boxes-0.tar", true, 0);
        assertThatThrownBy(() -> Corpora.open(TestIcons.data(uneven, 0), folder, folder))
                .hasMessage("data.train: 2 shards in images but 1 in text_boxes; the two sets are parallel");
        try (Corpus corpus = open("0", true)) {
            assertThat(corpus.supports(Split.SEEN)).isFalse();
            assertThatThrownBy(() -> corpus.example(Split.SEEN, 0)).isInstanceOf(DataException.class);
            assertThat(corpus.size(Split.TRAIN)).isEqualTo(Long.MAX_VALUE);
        }
    }

    @Test
    void keysMayLieInFoldersAndBeLong() throws Exception {
        String key = "a.b/" + "very-".repeat(40) + "long";
        tar("images-0.tar", Map.of(key + ".PNG", png(9, 7), "a.b/other.txt", new byte[3]));
        tar("boxes-0.tar", Map.of(key + ".json", json("{\"global_text\": \"all\"}")));
        try (Corpus corpus = open("0", false)) {
            assertThat(corpus.size(Split.TRAIN)).isEqualTo(1);
            assertThat(corpus.example(Split.TRAIN, 0).key()).isEqualTo(key);
        }
        try (OutputStream out = Files.newOutputStream(folder.resolve("boxes-0.tar"));
                TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
            for (String name : new String[] {"x.json", "x.json"}) {
                add(tar, name, json("{}"));
            }
        }
        assertThatThrownBy(() -> open("0", false)).hasMessageContaining("two files for the key x");
    }

    private void tar(String name, Map<String, byte[]> files) throws IOException {
        try (OutputStream out = Files.newOutputStream(folder.resolve(name));
                TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
            for (Map.Entry<String, byte[]> file : new TreeMap<>(files).entrySet()) {
                add(tar, file.getKey(), file.getValue());
            }
        }
    }

    private static void add(TarArchiveOutputStream tar, String name, byte[] content) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    private static byte[] png(int width, int height) throws IOException {
        return ImageCodec.encodePng(new Picture(width, height, new byte[width * height * 3]));
    }

    private static byte[] json(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
