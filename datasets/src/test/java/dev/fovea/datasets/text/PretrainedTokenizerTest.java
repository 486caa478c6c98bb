package dev.fovea.datasets.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.datasets.DataException;
import dev.fovea.datasets.TestIcons;
import dev.fovea.datasets.Tokenizer;
import dev.fovea.datasets.Tokenizers;
import dev.fovea.dsl.spec.DataSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files with the structure of the released ones, and encodings worked out by hand.
class PretrainedTokenizerTest {
    private static final List<String> CHARACTERS = List.of("▁", "a", "d", "e", "g", "o", "r");
    private static final List<List<String>> MERGES =
            List.of(List.of("r", "e"), List.of("re", "d"), List.of("▁", "red"), List.of("d", "o"), List.of("do", "g"));

    @TempDir
    private Path folder;

    private Tokenizer open() {
        return Tokenizers.open(folder, TestIcons.CACHE);
    }

    private static Map<String, Double> pieces() {
        Map<String, Double> pieces = new LinkedHashMap<>();
        Object[] all = {
            "<pad>", 0.0, "</s>", 0.0, "<unk>", 0.0, "▁", -2.0, "▁a", -1.0, "▁red", -3.0, "▁do", -4.0, "g", -2.5,
            "▁dog", -7.0, "s", -2.0, "b", -5.0, "l", -5.0, "u", -5.0, "e", -5.0, "bl", -4.0, "ue", -4.0
        };
        for (int i = 0; i < all.length; i += 2) {
            pieces.put((String) all[i], (Double) all[i + 1]);
        }
        return pieces;
    }

    /// Of all ways to split a word the one with the largest sum of scores: `▁do g` (-6.5) before `▁dog` (-7),
    /// `▁ bl ue` (-10) before single letters.
    @Test
    void siglipEndsAndPadsWithOne() throws IOException {
        TokenizerFiles.unigram(folder, pieces());
        Tokenizer tokenizer = open();
        assertThat(tokenizer.size()).isEqualTo(16);
        assertThat(tokenizer.name()).isEqualTo("huggingface-16");
        assertThat(tokenizer.encode("A red_dog!", 8)).containsExactly(4, 5, 6, 7, 1, 1, 1, 1);
        assertThat(tokenizer.encode("dogs", 5)).containsExactly(6, 7, 9, 1, 1);
        assertThat(tokenizer.encode("Blue &amp; x", 8)).containsExactly(3, 14, 15, 3, 2, 1, 1, 1);
        assertThat(tokenizer.encode("...", 3)).containsExactly(1, 1, 1);
    }

    @Test
    void gemmaHasNoBeginningAndPadsWithZero() throws IOException {
        TokenizerFiles.gemma(folder, CHARACTERS, MERGES);
        Tokenizer tokenizer = open();
        assertThat(tokenizer.size()).isEqualTo(272);
        assertThat(tokenizer.encode("A RED dog.", 8)).containsExactly(261, 269, 260, 271, 1, 0, 0, 0);
        // é is not in the vocabulary: its bytes C3 A9 stand for it, from id 4 on.
        assertThat(tokenizer.encode("dé", 5)).containsExactly(262, 4 + 0xc3, 4 + 0xa9, 1, 0);
    }

    @Test
    void longTextsKeepTheirEnd() throws IOException {
        TokenizerFiles.gemma(folder, CHARACTERS, MERGES);
        Tokenizer tokenizer = open();
        assertThat(tokenizer.encode("a red dog", 5)).containsExactly(261, 269, 260, 271, 1);
        assertThat(tokenizer.encode("a red dog", 4)).containsExactly(261, 269, 260, 1);
        assertThat(tokenizer.encode("a red dog", 1)).containsExactly(1);
        int[] many = tokenizer.encode("a ".repeat(3000), 2000); // the library itself would stop at 512
        assertThat(many).hasSize(2000).endsWith(261, 1).doesNotContain(0);
    }

    @Test
    void keysChooseMarkersAndCleaning() throws IOException {
        Path file = TokenizerFiles.gemma(folder, CHARACTERS, MERGES);
        Tokenizer other = PretrainedTokenizer.open(file, TestIcons.CACHE, DataSpec.Clean.WHITESPACE, "<bos>", "<unk>");
        assertThat(other.encode("a  .", 6)).containsExactly(261, 260, 4 + '.', 2, 3, 3);
        Tokenizer lower = PretrainedTokenizer.open(file, TestIcons.CACHE, DataSpec.Clean.LOWER, "auto", "auto");
        assertThat(lower.encode(" A.", 4)).containsExactly(261, 4 + '.', 1, 0);
        Tokenizer plain = PretrainedTokenizer.open(file, TestIcons.CACHE, DataSpec.Clean.NONE, "auto", "auto");
        assertThat(plain.encode(" A", 4)).containsExactly(260, 4 + 'A', 1, 0);
        assertThatThrownBy(() -> PretrainedTokenizer.open(file, TestIcons.CACHE, DataSpec.Clean.NONE, "</s>", "auto"))
                .isInstanceOf(DataException.class)
                .hasMessage(file + ": has no token \"</s>\" for data.tokenizer.eos; name one that it has, such as"
                        + " <eos>");
    }

    @Test
    void theFileIsNamedByItsContent() throws IOException {
        Path file = TokenizerFiles.unigram(folder, pieces());
        String digest = Tokenizers.digest(file);
        DataSpec.HuggingFace right =
                new DataSpec.HuggingFace("tokenizer.json", digest, "auto", "auto", DataSpec.Clean.CANONICALIZE);
        DataSpec.HuggingFace wrong =
                new DataSpec.HuggingFace(".", "0".repeat(64), "auto", "auto", DataSpec.Clean.CANONICALIZE);
        try (var corpus = TestIcons.corpus(TestIcons.scenes(72, 2))) {
            Tokenizer tokenizer = Tokenizers.open(right, corpus, 512, folder, TestIcons.CACHE);
            assertThat(tokenizer.encode("a dogs", 6)).containsExactly(4, 6, 7, 9, 1, 1);
            assertThatThrownBy(() -> Tokenizers.open(wrong, corpus, 512, folder, TestIcons.CACHE))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("data.tokenizer.sha256", digest);
            Path copy = folder.resolve("run").resolve("tokenizer.json");
            Tokenizers.save(tokenizer, copy);
            assertThat(Files.mismatch(copy, file)).isEqualTo(-1);
        }
    }

    @Test
    void manyThreadsGetTheSame() throws IOException {
        TokenizerFiles.unigram(folder, pieces());
        Tokenizer tokenizer = open();
        List<String> texts = IntStream.range(0, 400)
                .mapToObj(i -> "a " + "red ".repeat(i % 7) + (i % 3 == 0 ? "dogs" : "blue"))
                .toList();
        List<List<Integer>> alone =
                texts.stream().map(text -> ids(tokenizer, text)).toList();
        List<List<Integer>> together =
                texts.parallelStream().map(text -> ids(tokenizer, text)).toList();
        assertThat(together).isEqualTo(alone);
        assertThat(alone.stream().distinct()).hasSizeGreaterThan(10);
    }

    private static List<Integer> ids(Tokenizer tokenizer, String text) {
        return IntStream.of(tokenizer.encode(text, 12)).boxed().toList();
    }

    @Test
    void damagedAndMissingFilesAreErrors() throws IOException {
        Path file = folder.resolve("tokenizer.json");
        assertThatThrownBy(this::open)
                .isInstanceOf(DataException.class)
                .hasMessageEndingWith("tokenizer.json: there is no such tokenizer file");
        for (String bad : List.of(
                "",
                "{",
                "[1]",
                "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"</s>\":0}}}",
                "{\"model\":{\"vocab\":[1]}}")) {
            Files.writeString(file, bad);
            assertThatThrownBy(this::open)
                    .as(bad)
                    .isInstanceOf(DataException.class)
                    .hasMessageStartingWith(file.toString());
        }
    }

    /// As many ids as SigLIP 2 has: every text of up to three of 27 letters, and many of four.
    @Test
    void aVocabularyOf256000Works() throws IOException {
        List<String> letters = new ArrayList<>(List.of("▁"));
        for (char letter = 'a'; letter <= 'z'; letter++) {
            letters.add(String.valueOf(letter));
        }
        TokenizerFiles.gemma(folder, letters, manyMerges(letters, 256_000 - 260 - letters.size()));
        Tokenizer tokenizer = open();
        assertThat(tokenizer.size()).isEqualTo(256_000);
        // Pairs merge by rank, the leftmost of all first: ab, then (ab, c); y z stay a pair of their own.
        int[] tokens = tokenizer.encode("abc", 4);
        int pairs = 260 + 27;
        assertThat(tokens).containsExactly(pairs + 729 + (27 + 2) * 27 + 3, 1, 0, 0);
    }

    /// All pairs of letters, then each of those with one letter more, as far as `count` goes.
    static List<List<String>> manyMerges(List<String> letters, int count) {
        List<List<String>> merges = new ArrayList<>();
        List<String> stems = letters;
        while (merges.size() < count) {
            List<String> longer = new ArrayList<>();
            for (String stem : stems) {
                for (String letter : letters) {
                    if (merges.size() < count) {
                        merges.add(List.of(stem, letter));
                        longer.add(stem + letter);
                    }
                }
            }
            stems = longer;
        }
        return merges;
    }
}
