package dev.fovea.datasets.text;

import dev.fovea.datasets.DataException;
import dev.fovea.datasets.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Byte-pair encoding over the characters of the [Canonical] text, trained on the captions of a corpus: common
/// words become one token, others are spelled by their parts. Words begin with `▁`; no token spans two of them.
///
/// Ids: 0 padding, 1 end, 2 a character outside the alphabet, then `▁` and the alphabet, then one for each merge.
public final class BpeTokenizer implements Tokenizer {
    /// fills the positions after the end
    public static final int PAD = 0;
    /// ends every text
    public static final int END = 1;
    /// stands for a character that the alphabet lacks
    public static final int UNKNOWN = 2;

    static final String SPACE = "▁";
    static final List<String> SPECIAL = List.of("<pad>", "<eos>", "<unk>");

    private final List<String> pieces;
    private final List<Merge> merges;
    private final Map<String, Integer> ids = new HashMap<>();
    private final Map<Merge, Integer> ranks = new HashMap<>();

    /// Two neighbouring tokens that become one.
    record Merge(String left, String right) {
        String joined() {
            return left + right;
        }
    }

    /// @param alphabet single characters without repeats, `▁` first
    /// @param merges in the order they are applied
    BpeTokenizer(List<String> alphabet, List<Merge> merges) {
        List<String> all = new ArrayList<>(SPECIAL);
        all.addAll(alphabet);
        merges.forEach(merge -> all.add(merge.joined()));
        this.pieces = List.copyOf(all);
        this.merges = List.copyOf(merges);
        for (int id = SPECIAL.size(); id < pieces.size(); id++) {
            ids.putIfAbsent(pieces.get(id), id);
        }
        merges.forEach(merge -> ranks.put(merge, ranks.size()));
    }

    /// Trains on captions. Equal captions give equal tokenizers.
    ///
    /// @param vocab most ids; fewer are used if the captions repeat too little
    /// @throws DataException if `vocab` does not hold the characters of the captions
    public static BpeTokenizer train(List<String> captions, int vocab) {
        return new BpeTrainer(captions, vocab).train();
    }

    @Override
    public int size() {
        return pieces.size();
    }

    @Override
    public int[] encode(String text, int context) {
        int[] tokens = new int[context];
        int used = 0;
        for (String word : words(text)) {
            for (String piece : split(word)) {
                if (used < context - 1) {
                    tokens[used++] = ids.getOrDefault(piece, UNKNOWN);
                }
            }
        }
        tokens[used] = END;
        return tokens;
    }

    /// The words of a text, each behind its `▁`.
    static List<String> words(String text) {
        String canonical = Canonical.of(text);
        return canonical.isEmpty()
                ? List.of()
                : Arrays.stream(canonical.split(" ")).map(word -> SPACE + word).toList();
    }

    /// Characters of a word as texts; a character beyond 16 bits is one.
    static List<String> characters(String word) {
        return word.codePoints().mapToObj(Character::toString).collect(Collectors.toCollection(ArrayList::new));
    }

    private List<String> split(String word) {
        List<String> parts = characters(word);
        for (int at = best(parts); at >= 0; at = best(parts)) {
            parts.set(at, parts.get(at) + parts.remove(at + 1));
        }
        return parts;
    }

    /// Where the merge that was learnt first applies, leftmost; -1 if none does.
    private int best(List<String> parts) {
        int best = -1;
        int lowest = Integer.MAX_VALUE;
        for (int i = 0; i + 1 < parts.size(); i++) {
            Integer rank = ranks.get(new Merge(parts.get(i), parts.get(i + 1)));
            if (rank != null && rank < lowest) {
                best = i;
                lowest = rank;
            }
        }
        return best;
    }

    /// The text of a token row up to its end, characters outside the alphabet as `?`.
    public String decode(int[] tokens) {
        return Arrays.stream(tokens)
                .takeWhile(token -> token != END)
                .filter(token -> token != PAD)
                .mapToObj(token -> token == UNKNOWN ? "?" : pieces.get(token))
                .collect(Collectors.joining())
                .replace(SPACE, " ")
                .strip();
    }

    @Override
    public String name() {
        return "bpe-" + size();
    }

    /// This tokenizer as the text of a `tokenizer.json`, which expects canonical text.
    public String toJson() {
        Map<String, @Nullable Object> file = new LinkedHashMap<>();
        file.put("version", "1.0");
        file.put("truncation", null);
        file.put("padding", null);
        file.put("added_tokens", SPECIAL.stream().map(BpeTokenizer::added).toList());
        file.put("normalizer", null);
        Map<String, Object> metaspace = new LinkedHashMap<>();
        metaspace.put("type", "Metaspace");
        metaspace.put("replacement", SPACE);
        metaspace.put("prepend_scheme", "always");
        metaspace.put("split", true);
        file.put("pre_tokenizer", metaspace);
        file.put("post_processor", null);
        file.put("decoder", metaspace);
        file.put("model", model());
        return JsonMapper.shared().writeValueAsString(file);
    }

    private static Map<String, Object> added(String token) {
        Map<String, Object> added = new LinkedHashMap<>();
        added.put("id", SPECIAL.indexOf(token));
        added.put("content", token);
        for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized")) {
            added.put(flag, false);
        }
        added.put("special", true);
        return added;
    }

    private Map<String, @Nullable Object> model() {
        Map<String, @Nullable Object> model = new LinkedHashMap<>();
        model.put("type", "BPE");
        model.put("dropout", null);
        model.put("unk_token", SPECIAL.get(UNKNOWN));
        model.put("continuing_subword_prefix", null);
        model.put("end_of_word_suffix", null);
        model.put("fuse_unk", false);
        model.put("byte_fallback", false);
        model.put("ignore_merges", false);
        Map<String, Integer> vocab = new LinkedHashMap<>();
        for (int id = 0; id < pieces.size(); id++) {
            vocab.put(pieces.get(id), id);
        }
        model.put("vocab", vocab);
        model.put(
                "merges", merges.stream().map(m -> List.of(m.left(), m.right())).toList());
        return model;
    }
}
