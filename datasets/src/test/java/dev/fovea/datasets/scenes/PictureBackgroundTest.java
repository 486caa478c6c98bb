package dev.fovea.datasets.scenes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.datasets.BrokenSampleException;
import dev.fovea.datasets.Corpus;
import dev.fovea.datasets.DataException;
import dev.fovea.datasets.Picture;
import dev.fovea.datasets.Progress;
import dev.fovea.datasets.Split;
import dev.fovea.datasets.TestIcons;
import dev.fovea.datasets.images.ImageCodec;
import dev.fovea.dsl.spec.DataSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureBackgroundTest {
    @TempDir
    Path folder;

    /// A picture whose left half has one shade and whose right half another.
    private void write(String name, int width, int height, int shade) throws IOException {
        byte[] rgb = new byte[width * height * 3];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i / 3 % width < width / 2 ? shade : shade + 3);
        }
        Files.write(folder.resolve(name), ImageCodec.encodePng(new Picture(width, height, rgb)));
    }

    @Test
    void keepsSomePicturesForEvaluation() throws IOException {
        for (int i = 0; i < 30; i++) {
            write("p" + i + ".png", 20, 14, 8 * i);
        }
        Files.writeString(folder.resolve("notes.txt"), "not a picture");
        PictureBackground background = new PictureBackground(folder, folder.resolve("cache"), 1 << 20);
        Set<Integer> train = new HashSet<>();
        Set<Integer> evaluation = new HashSet<>();
        Set<Boolean> mirrored = new HashSet<>();
        for (long seed = 0; seed < 600; seed++) {
            byte[] square = background.draw(seed, 10, seed % 2 == 1);
            assertThat(square).hasSize(300);
            (seed % 2 == 1 ? evaluation : train).add((square[0] & 255) / 8);
            mirrored.add(square[0] > square[27]);
        }
        assertThat(train).doesNotContainAnyElementsOf(evaluation);
        assertThat(train.size() + evaluation.size()).isEqualTo(30);
        assertThat(evaluation).isNotEmpty();
        assertThat(mirrored).containsExactlyInAnyOrder(true, false);
    }

    @Test
    void cachesResizedPicturesAndRepairsTheCache() throws IOException {
        write("only.png", 33, 21, 100);
        Path cache = folder.resolve("cache");
        byte[] first = new PictureBackground(folder, cache, 0).draw(5, 16, false);
        Path cached = cachedFile(cache);
        byte[] sound = Files.readAllBytes(cached);
        byte[] bad = sound.clone();
        bad[50] ^= 1;
        Files.write(cached, bad);
        assertThat(new PictureBackground(folder, cache, 0).draw(5, 16, true)).isEqualTo(first);
        assertThat(Files.readAllBytes(cached)).isEqualTo(sound);
    }

    private static Path cachedFile(Path cache) throws IOException {
        try (Stream<Path> files = Files.list(cache.resolve("backgrounds"))) {
            return files.findFirst().orElseThrow();
        }
    }

    @Test
    void aBrokenPictureBreaksItsScenesOnly() throws IOException {
        write("good.png", 33, 21, 100);
        Files.write(folder.resolve("bad.png"), new byte[] {1, 2, 3});
        DataSpec.Scenes spec = new DataSpec.Scenes(64, 0, List.of("noto"), 1, 1, 1, "pictures", ".", 1);
        int broken = 0;
        try (Corpus corpus = ScenesCorpus.open(spec, new TestIcons(), folder, TestIcons.CACHE, Progress.NONE)) {
            for (long index = 0; index < 20; index++) {
                try {
                    assertThat(corpus.example(Split.TRAIN, index).picture().width())
                            .isEqualTo(64);
                } catch (BrokenSampleException e) {
                    assertThat(e).hasMessageContaining("bad.png").hasMessageContaining("not a picture");
                    broken++;
                }
            }
        }
        assertThat(broken).isBetween(1, 19);
    }

    @Test
    void anEmptyFolderIsAnError() {
        assertThatThrownBy(() -> new PictureBackground(folder, folder, 0))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith("data.train.pictures: no pictures (.jpg");
    }
}
