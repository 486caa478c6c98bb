package dev.fovea.datasets.text;

import dev.fovea.datasets.DataException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/// What Fovea itself needs to know of a `tokenizer.json`: its ids and its kind. Read in one pass, because a
/// large one has hundreds of thousands of entries.
public final class TokenizerFile {
    private final Path file;
    private final Map<String, Integer> ids = new HashMap<>();
    private final List<String> words = new ArrayList<>();
    private String type = "";
    private boolean hasModel;
    private int largest = -1;

    private TokenizerFile(Path file) {
        this.file = file;
    }

    /// Reads a file.
    ///
    /// @throws DataException if it is not JSON, or an object without a vocabulary
    public static TokenizerFile read(Path file) {
        TokenizerFile found = new TokenizerFile(file);
        try (InputStream in = Files.newInputStream(file);
                JsonParser json = JsonMapper.shared().createParser(in)) {
            found.top(json);
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
        } catch (JacksonException e) {
            throw new DataException(file + ": not a tokenizer: " + e.getOriginalMessage(), e);
        }
        boolean isWords = found.type.equals("words") && !found.words.isEmpty();
        if (!isWords && (!found.hasModel || found.largest < 0)) {
            throw new DataException(file + ": not a tokenizer: there is no model with a vocab in it");
        }
        if (isWords && found.words.stream().distinct().count() != found.words.size()) {
            throw new DataException(file + ": not a tokenizer of type words with distinct words");
        }
        return found;
    }

    private void top(JsonParser json) {
        require(json.nextToken() == JsonToken.START_OBJECT, "it is not an object");
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            json.nextToken();
            switch (name) {
                case "type" -> type = json.getString();
                case "words" -> words(json);
                case "added_tokens" -> addedTokens(json);
                case "model" -> model(json);
                default -> json.skipChildren();
            }
        }
    }

    private void words(JsonParser json) {
        require(json.currentToken() == JsonToken.START_ARRAY, "words is not a list");
        while (json.nextToken() == JsonToken.VALUE_STRING) {
            words.add(json.getString());
        }
    }

    private void addedTokens(JsonParser json) {
        require(json.currentToken() == JsonToken.START_ARRAY, "added_tokens is not a list");
        while (json.nextToken() == JsonToken.START_OBJECT) {
            int id = -1;
            String content = "";
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                json.nextToken();
                switch (name) {
                    case "id" -> id = json.getIntValue();
                    case "content" -> content = json.getString();
                    default -> json.skipChildren();
                }
            }
            put(content, id);
        }
    }

    private void model(JsonParser json) {
        require(json.currentToken() == JsonToken.START_OBJECT, "model is not an object");
        hasModel = true;
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            JsonToken value = json.nextToken();
            if (name.equals("vocab") && value == JsonToken.START_OBJECT) {
                for (String piece = json.nextName(); piece != null; piece = json.nextName()) {
                    json.nextToken();
                    put(piece, json.getIntValue());
                }
            } else if (name.equals("vocab") && value == JsonToken.START_ARRAY) {
                unigram(json);
            } else {
                json.skipChildren();
            }
        }
    }

    /// Pairs of piece and score, in the order of ids.
    private void unigram(JsonParser json) {
        for (int id = 0; json.nextToken() == JsonToken.START_ARRAY; id++) {
            require(json.nextToken() == JsonToken.VALUE_STRING, "vocab entry " + id + " is not [piece, score]");
            put(json.getString(), id);
            while (json.nextToken() != JsonToken.END_ARRAY) {
                json.skipChildren();
            }
        }
    }

    private void put(String piece, int id) {
        largest = Math.max(largest, id);
        if (piece.startsWith("<")) {
            ids.put(piece, id); // only markers are asked for
        }
    }

    private void require(boolean sound, String otherwise) {
        if (!sound) {
            throw new DataException(file + ": not a tokenizer: " + otherwise);
        }
    }

    /// Whether it is what [WordTokenizer] is saved as.
    public boolean isWords() {
        return type.equals("words");
    }

    /// The vocabulary of a word tokenizer; empty for every other.
    public List<String> words() {
        return List.copyOf(words);
    }

    /// One more than the largest id.
    public int size() {
        return largest + 1;
    }

    /// The id of a marker such as `</s>`, if there is one.
    public OptionalInt id(String marker) {
        Integer id = ids.get(marker);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }
}
