package dev.fovea.runtime.checkpoint;

import dev.fovea.dsl.run.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An object of a JSON file, read with messages that name file and key.
record JsonFields(Path file, String path, JsonNode node) {
    /// Reads a file that holds an object.
    ///
    /// @throws StoreException if it cannot be read or holds none
    static JsonFields read(Path file) {
        try {
            JsonNode root = JsonMapper.shared().readTree(Files.readAllBytes(file));
            if (!root.isObject()) {
                throw new StoreException(file + ": damaged: not a JSON object");
            }
            return new JsonFields(file, "", root);
        } catch (IOException failure) {
            throw StoreException.of("read", file, failure);
        } catch (JacksonException problem) {
            throw new StoreException(file + ": damaged: not valid JSON: " + problem.getOriginalMessage(), problem);
        }
    }

    /// Whether there is a value other than null.
    boolean has(String key) {
        return node.hasNonNull(key);
    }

    /// The object under a key; an empty one if it is missing.
    JsonFields object(String key) {
        JsonNode inner = node.path(key);
        if (has(key) && !inner.isObject()) {
            throw wrong(key, "an object", inner);
        }
        return new JsonFields(file, path + key + ".", inner);
    }

    int whole(String key, int fallback) {
        if (!has(key)) {
            return fallback;
        }
        JsonNode value = node.path(key);
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 0) {
            throw wrong(key, "a whole number", value);
        }
        return value.intValue();
    }

    int whole(String key) {
        if (!has(key)) {
            throw new StoreException(file + ": " + path + key + " is missing; a whole number is needed");
        }
        return whole(key, 0);
    }

    double real(String key, double fallback) {
        JsonNode value = node.path(key);
        if (!has(key)) {
            return fallback;
        }
        if (!value.isNumber()) {
            throw wrong(key, "a number", value);
        }
        return value.doubleValue();
    }

    boolean flag(String key, boolean fallback) {
        JsonNode value = node.path(key);
        if (!has(key)) {
            return fallback;
        }
        if (!value.isBoolean()) {
            throw wrong(key, "true or false", value);
        }
        return value.booleanValue();
    }

    String text(String key, String fallback) {
        JsonNode value = node.path(key);
        if (!has(key)) {
            return fallback;
        }
        if (!value.isString()) {
            throw wrong(key, "a text", value);
        }
        return value.stringValue();
    }

    /// A list of whole numbers, or null if it is missing.
    @Nullable
    List<Integer> wholes(String key) {
        if (!has(key)) {
            return null;
        }
        List<Integer> values = new ArrayList<>();
        for (JsonNode each : list(key)) {
            if (!each.isIntegralNumber() || !each.canConvertToInt() || each.intValue() < 0) {
                throw wrong(key, "a list of whole numbers", node.path(key));
            }
            values.add(each.intValue());
        }
        return values;
    }

    /// A list of numbers; a single number counts for all three channels.
    List<Double> channels(String key, double fallback) {
        JsonNode value = node.path(key);
        if (!has(key) || value.isNumber()) {
            double all = real(key, fallback);
            return List.of(all, all, all);
        }
        List<Double> values = new ArrayList<>();
        for (JsonNode each : list(key)) {
            if (!each.isNumber()) {
                throw wrong(key, "a list of numbers", value);
            }
            values.add(each.doubleValue());
        }
        return values;
    }

    private Iterable<JsonNode> list(String key) {
        JsonNode value = node.path(key);
        if (!value.isArray()) {
            throw wrong(key, "a list", value);
        }
        return value.values();
    }

    /// A problem of the value of a key.
    StoreException problem(String key, String message) {
        return new StoreException(file + ": " + path + key + ": " + message);
    }

    private StoreException wrong(String key, String expected, JsonNode found) {
        return problem(key, "expected " + expected + ", found " + found);
    }
}
