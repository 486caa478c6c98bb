package dev.fovea.datasets.text;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// Small files with the structure of the released tokenizers.
final class TokenizerFiles {
    private TokenizerFiles() {}

    /// As SigLIP's: a T5-style Unigram model behind a compiled normaliser, words split at white space.
    static Path unigram(Path folder, Map<String, Double> pieces) throws IOException {
        List<String> entries = new ArrayList<>();
        pieces.forEach((piece, score) -> entries.add("[" + quoted(piece) + "," + score + "]"));
        String json = """
                {"version":"1.0","truncation":null,"padding":null,
                 "added_tokens":[%s,%s,%s],
                 "normalizer":{"type":"Precompiled","precompiled_charsmap":"%s"},
                 "pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},
                   {"type":"Metaspace","replacement":"▁","add_prefix_space":true}]},
                 "post_processor":{"type":"TemplateProcessing",
                   "single":[{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"</s>","type_id":0}}],
                   "pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":0}}],
                   "special_tokens":{"</s>":{"id":"</s>","ids":[1],"tokens":["</s>"]}}},
                 "decoder":{"type":"Metaspace","replacement":"▁","add_prefix_space":true},
                 "model":{"type":"Unigram","unk_id":2,"vocab":[%s]}}
                """.formatted(
                added(0, "<pad>"), added(1, "</s>"), added(2, "<unk>"), identityMap(), String.join(",", entries));
        return Files.writeString(folder.resolve("tokenizer.json"), json);
    }

    /// As Gemma's: merges with byte fallback; spaces become `▁`; a beginning token in the template.
    static Path gemma(Path folder, List<String> characters, List<List<String>> merges) throws IOException {
        Map<String, Integer> vocab = new LinkedHashMap<>();
        List.of("<pad>", "<eos>", "<bos>", "<unk>").forEach(piece -> vocab.put(piece, vocab.size()));
        for (int value = 0; value < 256; value++) {
            vocab.put("<0x%02X>".formatted(value), vocab.size());
        }
        characters.forEach(piece -> vocab.put(piece, vocab.size()));
        merges.forEach(merge -> vocab.put(String.join("", merge), vocab.size()));
        String json = """
                {"version":"1.0","truncation":null,"padding":null,
                 "added_tokens":[%s,%s,%s,%s],
                 "normalizer":{"type":"Replace","pattern":{"String":" "},"content":"▁"},
                 "pre_tokenizer":{"type":"Split","pattern":{"String":" "},"behavior":"MergedWithPrevious",
                   "invert":false},
                 "post_processor":{"type":"TemplateProcessing",
                   "single":[{"SpecialToken":{"id":"<bos>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],
                   "pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],
                   "special_tokens":{"<bos>":{"id":"<bos>","ids":[2],"tokens":["<bos>"]}}},
                 "decoder":{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},
                   {"type":"ByteFallback"},{"type":"Fuse"}]},
                 "model":{"type":"BPE","dropout":null,"unk_token":"<unk>","continuing_subword_prefix":null,
                   "end_of_word_suffix":null,"fuse_unk":true,"byte_fallback":true,"ignore_merges":false,
                   "vocab":%s,"merges":%s}}
                """.formatted(
                        added(0, "<pad>"),
                        added(1, "<eos>"),
                        added(2, "<bos>"),
                        added(3, "<unk>"),
                        JsonMapper.shared().writeValueAsString(vocab),
                        JsonMapper.shared().writeValueAsString(merges));
        return Files.writeString(folder.resolve("tokenizer.json"), json);
    }

    private static String added(int id, String token) {
        return "{\"id\":" + id + ",\"content\":" + quoted(token) + ",\"single_word\":false,\"lstrip\":false,"
                + "\"rstrip\":false,\"normalized\":false,\"special\":true}";
    }

    private static String quoted(String text) {
        return JsonMapper.shared().writeValueAsString(text);
    }

    /// A compiled character map that changes nothing: the size of a trie of 256 empty nodes, and the trie.
    private static String identityMap() {
        ByteBuffer map =
                ByteBuffer.allocate(4 + 1024).order(ByteOrder.LITTLE_ENDIAN).putInt(0, 1024);
        return Base64.getEncoder().encodeToString(map.array());
    }
}
