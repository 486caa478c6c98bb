package dev.fovea.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.dsl.spec.DataSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The built-in corpus as users get it: all nine icon sets of the webjar.
class CorporaTest {
    private static final List<String> STYLES = List.of("twemoji", "noto", "openmoji", "emojione");

    private static DataSpec data(int size, int concepts) {
        return TestIcons.data(new DataSpec.Scenes(size, concepts, STYLES, 2, 3, 3, "procedural", "", 1), 0.25);
    }

    @Test
    void theBuiltInCorpusHasItsSplits() throws BrokenSampleException {
        try (Corpus corpus = Corpora.open(data(128, 64), Path.of("."), TestIcons.CACHE)) {
            // emojione-v1 shares the drawings of emojione, so it is neither trained on nor held out.
            assertThat(corpus.describe())
                    .isEqualTo("scenes of 128 px, 8 objects each; 64 concepts in 4 styles, 16 unseen concepts, "
                            + "4 held-out styles");
            assertThat(corpus.captions())
                    .hasSize(64)
                    .contains("a pizza", "a guitar", "an umbrella")
                    .allMatch(caption -> caption.matches("[a-z' 0-9]+"));
            for (Split split : Split.values()) {
                for (long index = 0; index < 3; index++) {
                    Example example = corpus.example(split, index);
                    assertThat(example.regions()).as("%s %d", split, index).hasSize(8);
                    boolean trained = split == Split.TRAIN || split == Split.SEEN || split == Split.NEW_CONCEPT;
                    assertThat(example.regions())
                            .allMatch(region -> STYLES.contains(region.style()) == trained)
                            .noneMatch(region -> region.style().equals("emojione-v1"));
                }
            }
        }
    }

    @Test
    void allConceptsMakeALargeVocabulary() {
        try (Corpus corpus = Corpora.open(data(128, 0), Path.of("."), TestIcons.CACHE)) {
            assertThat(corpus.captions()).hasSizeBetween(1200, 1500);
            assertThat(TestIcons.words(corpus).size()).isBetween(1000, 1600);
            Tokenizer bpe = Tokenizers.open(new DataSpec.Bpe(null), corpus, 512, Path.of("."), TestIcons.CACHE);
            assertThat(bpe.size()).isEqualTo(512);
            Tokenizer small = Tokenizers.open(new DataSpec.Bpe(100), corpus, 512, Path.of("."), TestIcons.CACHE);
            assertThat(small.size()).isEqualTo(100);
        }
    }

    @Test
    void aCacheThatCannotBeWrittenIsOneClearLine(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("cache"), "not a folder");
        assertThatThrownBy(() -> Corpora.open(data(64, 8), Path.of("."), file))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith("cannot prepare the sprite catalogue " + file);
    }
}
