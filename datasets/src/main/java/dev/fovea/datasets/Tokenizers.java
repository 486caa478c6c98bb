package dev.fovea.datasets;

import dev.fovea.datasets.text.WordTokenizer;
import dev.fovea.dsl.spec.DataSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Opens, saves and loads tokenizers.
public final class Tokenizers {
    private Tokenizers() {}

    /// The tokenizer a spec asks for, built from the corpus' own captions.
    ///
    /// @throws DataException if the type is unknown
    public static Tokenizer open(DataSpec.Tokenizer spec, Corpus corpus) {
        return switch (spec.type()) {
            case "words" -> WordTokenizer.of(corpus.captions());
            default -> throw new DataException("data.tokenizer.type: " + spec.type() + " is unknown; there is: words");
        };
    }

    /// Writes a tokenizer as JSON, whole or not at all.
    public static void save(Tokenizer tokenizer, Path file) throws IOException {
        if (!(tokenizer instanceof WordTokenizer words)) {
            throw new IllegalArgumentException("cannot save " + tokenizer.name());
        }
        String json = JsonMapper.shared().writeValueAsString(new Saved("words", words.words()));
        AtomicFiles.write(file, json.getBytes(StandardCharsets.UTF_8));
    }

    /// Reads what [#save] wrote.
    ///
    /// @throws DataException if the file is not such a tokenizer
    public static Tokenizer load(Path file) throws IOException {
        try {
            Saved saved = JsonMapper.shared().readValue(Files.readAllBytes(file), Saved.class);
            if (!saved.type().equals("words")
                    || saved.words().stream().distinct().count()
                            != saved.words().size()) {
                throw new DataException(file + ": not a tokenizer of type words with distinct words");
            }
            return new WordTokenizer(saved.words());
        } catch (JacksonException | NullPointerException e) {
            throw new DataException(file + ": not a saved tokenizer: " + e.getMessage(), e);
        }
    }

    private record Saved(String type, List<String> words) {}
}
