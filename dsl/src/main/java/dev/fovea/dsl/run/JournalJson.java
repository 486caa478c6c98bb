package dev.fovea.dsl.run;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Journal entries as JSON objects. JSON has no NaN and no infinities, so these are strings.
final class JournalJson {
    private static final JsonMapper JSON = JsonMapper.shared();

    private JournalJson() {}

    static byte[] write(JournalEntry entry) {
        ObjectNode node = JSON.createObjectNode();
        switch (entry) {
            case JournalEntry.Started started -> {
                begin(node, "started", entry);
                node.put("attempt", started.attempt()).put("key", started.key());
                ObjectNode facts = node.putObject("facts");
                started.facts().forEach(facts::put);
            }
            case JournalEntry.Scalars scalars -> {
                begin(node, "scalars", entry).put("step", scalars.step());
                ObjectNode values = node.putObject("values");
                scalars.values().forEach((name, value) -> number(values, name, value));
            }
            case JournalEntry.Note note ->
                begin(node, "note", entry).put("level", note.level()).put("text", note.text());
            case JournalEntry.Saved saved ->
                begin(node, "saved", entry).put("step", saved.step()).put("file", saved.file());
            case JournalEntry.Ended ended ->
                begin(node, "ended", entry)
                        .put("step", ended.step())
                        .put("reason", ended.reason())
                        .put("message", ended.message());
        }
        return node.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static ObjectNode begin(ObjectNode node, String type, JournalEntry entry) {
        return node.put("type", type).put("time", entry.timeMillis());
    }

    /// Adds a number to an object; those that JSON lacks become strings.
    static void number(ObjectNode node, String name, double value) {
        if (Double.isFinite(value)) {
            node.put(name, value);
        } else {
            node.put(name, Double.toString(value));
        }
    }

    /// The entry, or nothing if it is of a kind that this version does not know.
    static Optional<JournalEntry> read(byte[] payload) {
        try {
            return Optional.ofNullable(entry(JSON.readTree(payload)));
        } catch (JacksonException | IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static @Nullable JournalEntry entry(JsonNode node) {
        long time = node.path("time").asLong(0);
        long step = node.path("step").asLong(0);
        return switch (node.path("type").asString("")) {
            case "started" ->
                new JournalEntry.Started(time, node.path("attempt").asInt(0), text(node, "key"), facts(node));
            case "scalars" -> new JournalEntry.Scalars(time, step, values(node));
            case "note" -> new JournalEntry.Note(time, text(node, "level"), text(node, "text"));
            case "saved" -> new JournalEntry.Saved(time, step, text(node, "file"));
            case "ended" -> new JournalEntry.Ended(time, step, text(node, "reason"), text(node, "message"));
            default -> null;
        };
    }

    private static String text(JsonNode node, String name) {
        return node.path(name).asString("");
    }

    private static Map<String, String> facts(JsonNode node) {
        Map<String, String> facts = new LinkedHashMap<>();
        node.path("facts").forEachEntry((name, value) -> facts.put(name, value.asString("")));
        return facts;
    }

    private static SequencedMap<String, Double> values(JsonNode node) {
        SequencedMap<String, Double> values = new LinkedHashMap<>();
        node.path("values")
                .forEachEntry((name, value) -> values.put(
                        name, value.isString() ? Double.parseDouble(value.stringValue()) : value.asDouble(0)));
        return values;
    }
}
