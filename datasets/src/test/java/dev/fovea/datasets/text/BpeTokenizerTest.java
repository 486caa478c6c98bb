package dev.fovea.datasets.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.datasets.Corpus;
import dev.fovea.datasets.DataException;
import dev.fovea.datasets.TestIcons;
import dev.fovea.datasets.Tokenizer;
import dev.fovea.datasets.Tokenizers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BpeTokenizerTest {
    private static List<String> captions() {
        try (Corpus corpus = TestIcons.corpus(TestIcons.scenes(72, 2))) {
            return corpus.captions();
        }
    }

    /// `ab` stands three times, so a b merges first (before ▁ a by alphabet), then ▁ ab; ▁ c stands once and does
    /// not. Ids: 3 special ones, ▁ 3, digits 4-13, letters 14-39, merges from 40 on.
    @Test
    void learnsTheFrequentPairsInOrder() {
        BpeTokenizer bpe = BpeTokenizer.train(List.of("ab AB!", "ab c"), 100);
        assertThat(bpe.size()).isEqualTo(42);
        assertThat(bpe.name()).isEqualTo("bpe-42");
        assertThat(bpe.encode("ab ba", 6)).containsExactly(41, 3, 15, 14, 1, 0);
        assertThat(bpe.encode("cab", 6)).containsExactly(3, 16, 40, 1, 0, 0);
        assertThat(bpe.encode("é", 4)).containsExactly(3, 2, 1, 0);
        assertThat(bpe.encode("ab ba", 3)).containsExactly(41, 3, 1);
        assertThat(bpe.encode("ab ba", 1)).containsExactly(1);
    }

    @Test
    void captionsAndNewWordsComeBack() {
        List<String> captions = captions();
        BpeTokenizer bpe = BpeTokenizer.train(captions, 100);
        assertThat(bpe.size()).isEqualTo(100);
        List<String> texts = new ArrayList<>(captions);
        texts.addAll(List.of("a zebra", "two quick brown foxes", "x", "", "A zeBRA,  again!"));
        for (String text : texts) {
            assertThat(bpe.decode(bpe.encode(text, 400))).isEqualTo(Canonical.of(text));
        }
        assertThat(bpe.encode("a zebra", 20)).isNotEqualTo(bpe.encode("a giraffe", 20));
    }

    @Test
    void theSameCaptionsGiveTheSameTokenizer() {
        List<String> captions = captions();
        String expected = BpeTokenizer.train(captions, 110).toJson();
        List<String> mixed = new ArrayList<>(captions);
        for (int seed = 0; seed < 5; seed++) {
            Collections.shuffle(mixed, new Random(seed));
            assertThat(BpeTokenizer.train(mixed, 110).toJson()).isEqualTo(expected);
        }
        assertThat(BpeTokenizer.train(captions, 111).toJson()).isNotEqualTo(expected);
    }

    /// Hugging Face's library is the judge of what the file means.
    @Test
    void theSavedFileMeansTheSameToOthers(@TempDir Path folder) throws IOException {
        List<String> captions = captions();
        for (int vocab : new int[] {40, 97, 300, 5000}) {
            BpeTokenizer bpe = BpeTokenizer.train(captions, vocab);
            Tokenizers.save(bpe, folder.resolve("tokenizer.json"));
            Tokenizer back = Tokenizers.open(folder, TestIcons.CACHE);
            assertThat(back.size()).isEqualTo(bpe.size());
            List<String> texts = new ArrayList<>(captions);
            Random random = new Random(vocab);
            for (int i = 0; i < 500; i++) {
                int[] letters = "abcdefghijklmnopqrstuvwxyz   éß😀".codePoints().toArray();
                texts.add(random.ints(1 + random.nextInt(30), 0, letters.length)
                        .mapToObj(at -> Character.toString(letters[at]))
                        .collect(Collectors.joining()));
            }
            for (String text : texts) {
                int context = 1 + random.nextInt(30);
                assertThat(back.encode(text, context)).as(text).isEqualTo(bpe.encode(text, context));
            }
        }
    }

    @Test
    void mergesNeverLengthenAText() {
        List<String> captions = captions();
        BpeTokenizer letters = BpeTokenizer.train(captions, 40);
        BpeTokenizer many = BpeTokenizer.train(captions, 400);
        for (String caption : captions) {
            assertThat(length(many, caption)).isLessThan(length(letters, caption));
        }
    }

    private static long length(Tokenizer tokenizer, String text) {
        return Arrays.stream(tokenizer.encode(text, 100)).filter(id -> id > 1).count();
    }

    @Test
    void tooFewIdsAreAnError() {
        assertThatThrownBy(() -> BpeTokenizer.train(List.of("é"), 40))
                .isInstanceOf(DataException.class)
                .hasMessage("data.tokenizer.vocab: 40 ids are too few for 3 special ones and the captions' 38"
                        + " characters; there must be 41 or more");
        assertThat(BpeTokenizer.train(List.of("é"), 41).size()).isEqualTo(41);
    }
}
