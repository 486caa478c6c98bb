package dev.fovea.datasets.text;

import dev.fovea.datasets.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// One token a word of the [Canonical] text. Ids: 0 padding, 1 end, 2 unknown, then the words by falling frequency,
/// equal ones by alphabet.
public final class WordTokenizer implements Tokenizer {
    /// fills the positions after the end
    public static final int PAD = 0;
    /// ends every text
    public static final int END = 1;
    /// stands for a word outside the vocabulary
    public static final int UNKNOWN = 2;

    private static final int FIRST_WORD = 3;

    private final List<String> words;
    private final Map<String, Integer> ids;

    /// @param words vocabulary in the order of ids from 3 on, without repeats
    public WordTokenizer(List<String> words) {
        this.words = List.copyOf(words);
        this.ids = IntStream.range(0, words.size())
                .boxed()
                .collect(Collectors.toUnmodifiableMap(words::get, i -> i + FIRST_WORD));
    }

    /// The vocabulary of all words in `captions`.
    public static WordTokenizer of(List<String> captions) {
        Map<String, Integer> counts = new TreeMap<>();
        for (String caption : captions) {
            for (String word : split(caption)) {
                counts.merge(word, 1, Integer::sum);
            }
        }
        List<String> words = new ArrayList<>(counts.keySet());
        words.sort(Comparator.comparingInt((String word) -> -counts.getOrDefault(word, 0)));
        return new WordTokenizer(words);
    }

    /// The vocabulary in the order of ids from 3 on.
    public List<String> words() {
        return words;
    }

    @Override
    public int size() {
        return words.size() + FIRST_WORD;
    }

    @Override
    public int[] encode(String text, int context) {
        int[] tokens = new int[context];
        List<String> found = split(text);
        int kept = Math.min(found.size(), context - 1);
        for (int i = 0; i < kept; i++) {
            tokens[i] = ids.getOrDefault(found.get(i), UNKNOWN);
        }
        tokens[kept] = END;
        return tokens;
    }

    /// The words of a token row up to its end, unknown ones as `?`.
    public String decode(int[] tokens) {
        return Arrays.stream(tokens)
                .takeWhile(token -> token != END)
                .mapToObj(token -> token >= FIRST_WORD ? words.get(token - FIRST_WORD) : "?")
                .collect(Collectors.joining(" "));
    }

    @Override
    public String name() {
        return "words-" + size();
    }

    private static List<String> split(String text) {
        String canonical = Canonical.of(text);
        return canonical.isEmpty() ? List.of() : List.of(canonical.split(" "));
    }
}
