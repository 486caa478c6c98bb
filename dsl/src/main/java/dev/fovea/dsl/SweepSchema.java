package dev.fovea.dsl;

import static dev.fovea.dsl.SpecSchema.ordered;

import java.util.List;
import java.util.SequencedMap;

/// The section `sweep` in the JSON Schema: its form. What points set is left to the reader, which holds it against
/// the spec.
final class SweepSchema {
    private static final SequencedMap<String, Object> KEYS = ordered("pattern", "^[^\\s.\"'{}]+(\\.[^\\s.\"'{}]+)*$");

    private SweepSchema() {}

    static SequencedMap<String, Object> of() {
        SequencedMap<String, Object> point = ordered("type", "object", "propertyNames", KEYS);
        SequencedMap<String, Object> points = ordered("type", "array", "minItems", 1, "items", point);
        SequencedMap<String, Object> values =
                ordered("anyOf", List.of(ordered("type", "array", "minItems", 1), SchemaForms.references(false)));
        SequencedMap<String, Object> axes = ordered("type", "object", "minProperties", 1);
        axes.put("propertyNames", KEYS);
        axes.put("additionalProperties", values);
        List<Object> forms = List.of(
                form("list", points, "Points one by one: dotted keys, and a label if one is wanted."),
                form("grid", axes, "Every combination of the values of each key."),
                form("zip", axes, "The first value of each key, then the second, and so on."));
        SequencedMap<String, Object> sweep = ordered("anyOf", forms);
        SequencedMap<String, Object> section =
                ordered("description", "Studies: sets of points that each differ from this spec in a few values.");
        section.put("type", "object");
        section.put("additionalProperties", sweep);
        return section;
    }

    private static SequencedMap<String, Object> form(String key, SequencedMap<String, Object> value, String doc) {
        SequencedMap<String, Object> described = ordered("description", doc);
        described.putAll(value);
        SequencedMap<String, Object> form = ordered("type", "object", "required", List.of(key));
        form.put("additionalProperties", false);
        form.put("properties", ordered(key, described));
        return form;
    }
}
