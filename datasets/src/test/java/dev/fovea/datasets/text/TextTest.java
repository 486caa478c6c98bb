package dev.fovea.datasets.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.datasets.DataException;
import dev.fovea.datasets.Seeds;
import dev.fovea.datasets.Tokenizer;
import dev.fovea.datasets.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "A Red  Apple.|a red apple",
                "snake_case_words|snake case words",
                "rock &amp;amp; roll|rock roll",
                "&lt;b&gt; x&#39;s &#x41;|b xs a",
                "T-Shirt, (new)!|tshirt new",
                "STRASSE Éclair|strasse éclair",
                "&unknown; &#99999999;|unknown 99999999"
            })
    void canonicalText(String text, String expected) {
        assertThat(Canonical.of(text)).isEqualTo(expected);
        assertThat(Canonical.of(expected)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "red apple, a red apple",
        "octopus, an octopus",
        "hourglass done, an hourglass done",
        "unicorn, a unicorn",
        "umbrella, an umbrella",
        "scissors, scissors",
        "folded hands, folded hands",
        "bottle with popping corks, a bottle with popping corks",
        "compass, a compass",
        "skis, skis",
        "womans hat, a woman's hat",
        "one oclock, a one o'clock",
        "cooked rice, cooked rice",
        "globe showing americas, a globe showing americas",
        "x, a x"
    })
    void articles(String name, String caption) {
        assertThat(Captions.of(name)).isEqualTo(caption);
    }

    @Test
    void cleansCaptions() {
        assertThat(CaptionProcessor.clean("The image shows a cat. It sits! Does it?"))
                .containsExactly("a cat.", "It sits!", "Does it?");
        assertThat(CaptionProcessor.clean("A sign. There is no text visible in it."))
                .containsExactly("A sign.");
        assertThat(CaptionProcessor.clean("There is no text visible.")).containsExactly("There is no text visible.");
    }

    @Test
    void maskingKeepsARunThatStartsEarly() {
        List<String> sentences = List.of("a.", "b.", "c.", "d.", "e.");
        Set<List<String>> seen = new HashSet<>();
        for (long seed = 0; seed < 400; seed++) {
            List<String> kept = CaptionProcessor.mask(sentences, Seeds.random(seed));
            int start = sentences.indexOf(kept.getFirst());
            assertThat(start).as("seed %d", seed).isBetween(0, 2);
            assertThat(kept).as("seed %d", seed).isEqualTo(sentences.subList(start, start + kept.size()));
            seen.add(kept);
        }
        assertThat(seen).hasSize(5 + 4 + 3);
        assertThat(CaptionProcessor.mask(List.of("one."), Seeds.random(1))).containsExactly("one.");
    }

    @Test
    void mergesTheCaptionsOfSeveralBoxes() {
        CaptionProcessor processor = new CaptionProcessor(true);
        Set<String> seen = new HashSet<>();
        for (long seed = 0; seed < 200; seed++) {
            String text = processor.process(List.of("a. b. c.", "d. e."), Seeds.random(seed));
            assertThat(text.split(" ")).as("seed %d", seed).hasSize(2).isSorted();
            seen.add(text);
        }
        assertThat(seen).hasSize(10);
        assertThat(processor.process(List.of("x", "y", "z"), Seeds.random(3))).hasSize(1);
    }

    @Test
    void wordsGetIdsByFrequencyThenAlphabet() {
        WordTokenizer words = WordTokenizer.of(List.of("a dog", "A cat.", "a red cat"));
        assertThat(words.words()).containsExactly("a", "cat", "dog", "red");
        assertThat(words.size()).isEqualTo(7);
        assertThat(words.name()).isEqualTo("words-7");
        assertThat(words.encode("A red, DOG!", 6)).containsExactly(3, 6, 5, 1, 0, 0);
        assertThat(words.encode("a blue dog", 6)).containsExactly(3, 2, 5, 1, 0, 0);
        assertThat(words.decode(new int[] {3, 2, 5, 1, 0, 0})).isEqualTo("a ? dog");
    }

    @Test
    void longTextsKeepTheirEnd() {
        WordTokenizer words = WordTokenizer.of(List.of("a b c d"));
        assertThat(words.encode("a b c d", 4)).containsExactly(3, 4, 5, 1);
        assertThat(words.encode("a b c", 4)).containsExactly(3, 4, 5, 1);
        assertThat(words.encode("a", 1)).containsExactly(1);
        assertThat(words.encode("...", 3)).containsExactly(1, 0, 0);
    }

    @Test
    void tokenizersSurviveSaving(@TempDir Path folder) throws IOException {
        Tokenizer words = WordTokenizer.of(List.of("a dog", "élan vital"));
        Path file = folder.resolve("tokenizer.json");
        Tokenizers.save(words, file);
        Tokenizer back = Tokenizers.open(file, folder);
        assertThat(back.encode("vital dog élan", 8)).isEqualTo(words.encode("vital dog élan", 8));
        assertThat(Arrays.stream(folder.toFile().list())).containsExactly("tokenizer.json");
    }

    @Test
    void aDamagedTokenizerIsAnError(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("tokenizer.json");
        for (String bad : List.of("{", "[]", "{\"type\":\"words\"}", "{\"type\":\"words\",\"words\":[\"a\",\"a\"]}")) {
            Files.writeString(file, bad);
            assertThatThrownBy(() -> Tokenizers.open(file, folder))
                    .as(bad)
                    .isInstanceOf(DataException.class)
                    .hasMessageStartingWith(file.toString());
        }
    }

    @Test
    void brokenUnicodeIsRepaired() {
        assertThat(Canonical.of("caf\u00c3\u00a9 na\u00c3\u00afve")).isEqualTo("café naïve");
        assertThat(Canonical.of("dog\u00e2\u20ac\u2122s \u00e2\u20ac\u0153x\u00e2\u20ac\u009d"))
                .isEqualTo("dogs x");
        assertThat(Canonical.of("caf\u00c3\u0192\u00c2\u00a9")).as("twice over").isEqualTo("café");
        assertThat(Canonical.of("men\u2019s \ufb01re \uff21\uff22\u3000c\ufeff\u0007d e\u0301"))
                .isEqualTo("mens fire ab cd é");
        assertThat(Canonical.of("S\u00c3O PAULO, \u00c2 \u00e9t\u00e9 \u00fcber"))
                .as("sound text stays")
                .isEqualTo("são paulo \u00e2 été über");
        assertThat(Canonical.of("&amp;eacute; &frac12; &Ouml;&hellip; &bogus;")).isEqualTo("é ½ ö\u2026 bogus");
    }
}
