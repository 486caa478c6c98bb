package dev.fovea.dsl;

import dev.fovea.dsl.keys.Form;
import dev.fovea.dsl.keys.Key;
import dev.fovea.dsl.keys.SpecKeys;
import dev.fovea.dsl.spec.Duration;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.json.JsonFactory;

/// The JSON Schema of a spec, for editors: what the reader accepts in structure, key by key. Relations between
/// keys (a patch must divide every scale) are left to the reader.
///
/// Draft 7, because that is what editors know best. A file that extends others may leave out keys, so it is held
/// against `definitions/part`; any other file against `definitions/whole`.
public final class SpecSchema {
    private static final String DRAFT = "http://json-schema.org/draft-07/schema#";

    private SpecSchema() {}

    /// The schema as indented JSON.
    public static String jsonSchema() {
        StringWriter out = new StringWriter();
        try (JsonGenerator generator = new JsonFactory().createGenerator(Printed.pretty(), out)) {
            Printed.write(generator, schema());
        }
        return out.append('\n').toString();
    }

    private static SequencedMap<String, Object> schema() {
        SequencedMap<String, Object> definitions = new LinkedHashMap<>();
        definitions.put("whole", root(true));
        definitions.put("part", root(false));
        leaves(SpecKeys.root(), "", definitions);
        SequencedMap<String, Object> schema = new LinkedHashMap<>();
        schema.put("$schema", DRAFT);
        schema.put("title", "Fovea spec, version v1");
        schema.put("type", "object");
        schema.put("if", Map.of("required", List.of("extends")));
        schema.put("then", reference("part"));
        schema.put("else", reference("whole"));
        schema.put("definitions", definitions);
        return schema;
    }

    private static SequencedMap<String, Object> root(boolean whole) {
        SequencedMap<String, Object> properties = new LinkedHashMap<>();
        SequencedMap<String, Object> path = ordered("type", "string");
        path.put("pattern", "\\S");
        SequencedMap<String, Object> bases =
                described("Specs that this one is laid over, relative to this file; later ones win.");
        bases.put("anyOf", List.of(path, ordered("type", "array", "items", path)));
        properties.put("extends", bases);
        SequencedMap<String, Object> vars = described("Values to refer to as ${vars.NAME}.");
        vars.put("type", "object");
        properties.put("vars", vars);
        properties.put(SweepReader.SECTION, SweepSchema.of());
        return section(SpecKeys.root(), "", whole, properties);
    }

    private static SequencedMap<String, Object> section(
            Form.Section form, String prefix, boolean whole, SequencedMap<String, Object> properties) {
        for (Key key : form.keys().values()) {
            String path = prefix + key.name();
            properties.put(key.name(), key.isLeaf() ? reference(path) : inner(key, path, whole));
        }
        List<String> required = form.keys().values().stream()
                .filter(Key::mustBeGiven)
                .map(Key::name)
                .toList();
        SequencedMap<String, Object> schema = ordered("type", "object");
        if (whole && !required.isEmpty()) {
            schema.put("required", required);
        }
        schema.put("additionalProperties", false);
        schema.put("properties", properties);
        return schema;
    }

    private static SequencedMap<String, Object> inner(Key key, String path, boolean whole) {
        SequencedMap<String, Object> schema = described(key.doc());
        if (key.form() instanceof Form.Choice choice) {
            schema.put(
                    "anyOf",
                    choice.variants().entrySet().stream()
                            .map(v -> variant(
                                    v.getKey(),
                                    v.getValue(),
                                    path + ".",
                                    whole,
                                    !v.getKey().equals(key.fallback())))
                            .toList());
        } else if (key.form() instanceof Form.Section section) {
            SequencedMap<String, Object> object = section(section, path + ".", whole, new LinkedHashMap<>());
            if (key.words().isEmpty()) {
                schema.putAll(object);
            } else {
                schema.put("anyOf", List.of(object, ordered("enum", key.words().keySet()), ordered("type", "null")));
            }
        }
        return schema;
    }

    private static SequencedMap<String, Object> variant(
            String word, Form.Section form, String prefix, boolean whole, boolean named) {
        SequencedMap<String, Object> properties = new LinkedHashMap<>();
        properties.put("type", ordered("const", word));
        SequencedMap<String, Object> schema = section(form, prefix, whole, properties);
        if (whole) {
            List<String> required = new ArrayList<>(named ? List.of("type") : List.of());
            form.keys().values().stream()
                    .filter(Key::mustBeGiven)
                    .map(Key::name)
                    .forEach(required::add);
            if (!required.isEmpty()) {
                schema.put("required", required);
            }
        }
        return schema;
    }

    private static void leaves(Form.Section form, String prefix, SequencedMap<String, Object> definitions) {
        for (Key key : form.keys().values()) {
            String path = prefix + key.name();
            switch (key.form()) {
                case Form.Section section -> leaves(section, path + ".", definitions);
                case Form.Choice choice ->
                    choice.variants().values().forEach(variant -> leaves(variant, path + ".", definitions));
                default -> definitions.put(path, leaf(key, SpecKeys.allowsEnvironment(top(path))));
            }
        }
    }

    private static String top(String path) {
        int dot = path.indexOf('.');
        return dot < 0 ? path : path.substring(0, dot);
    }

    private static SequencedMap<String, Object> leaf(Key key, boolean environment) {
        SequencedMap<String, Object> schema = described(key.doc());
        if (key.fallback() != null) {
            schema.put("default", jsonOf(key.fallback()));
        } else if (!key.example().isEmpty()) {
            schema.put("examples", List.of(key.example()));
        }
        List<Object> ways = new ArrayList<>(SchemaForms.of(key.form(), environment));
        if (!key.words().isEmpty()) {
            ways.add(ordered("enum", key.words().keySet()));
        }
        if (key.words().containsKey("none")) {
            ways.add(ordered("type", "null"));
        }
        if (!SchemaForms.isFreeText(key.form())) {
            ways.add(SchemaForms.references(environment));
        }
        if (ways.size() == 1 && ways.getFirst() instanceof Map<?, ?> only) {
            only.forEach((name, value) -> schema.put(name.toString(), value));
        } else {
            schema.put("anyOf", ways);
        }
        return schema;
    }

    private static Object jsonOf(Object fallback) {
        return fallback instanceof Collection<?> || fallback instanceof Number || fallback instanceof Boolean
                ? fallback
                : fallback instanceof Enum<?> constant
                        ? SpecKeys.wordOf(constant)
                        : fallback instanceof Duration duration ? duration.text() : fallback.toString();
    }

    private static SequencedMap<String, Object> reference(String definition) {
        return ordered("$ref", "#/definitions/" + definition);
    }

    private static SequencedMap<String, Object> described(String doc) {
        return ordered("description", doc);
    }

    static SequencedMap<String, Object> ordered(Object... namesAndValues) {
        SequencedMap<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }
}
