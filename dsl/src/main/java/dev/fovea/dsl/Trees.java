package dev.fovea.dsl;

import dev.fovea.dsl.yaml.YamlNode;
import dev.fovea.dsl.yaml.YamlNode.Entry;
import dev.fovea.dsl.yaml.YamlNode.Mapping;
import dev.fovea.dsl.yaml.YamlNode.Scalar;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// Laying one YAML tree over another.
final class Trees {
    private Trees() {}

    /// `over` on top of `base`: sections merge key by key, everything else is replaced, lists included. Two
    /// sections
    /// with a different `type` have different keys, so the later one replaces the earlier one as a whole.
    static Mapping merge(Mapping base, Mapping over) {
        SequencedMap<String, Entry> merged = new LinkedHashMap<>(base.entries());
        for (var entry : over.entries().entrySet()) {
            Entry below = base.entries().get(entry.getKey());
            Entry above = entry.getValue();
            if (below != null
                    && below.value() instanceof Mapping a
                    && above.value() instanceof Mapping b
                    && sameType(a, b)) {
                merged.put(entry.getKey(), new Entry(above.keyMark(), merge(a, b)));
            } else {
                merged.put(entry.getKey(), above);
            }
        }
        return new Mapping(over.mark(), Collections.unmodifiableSequencedMap(merged));
    }

    private static boolean sameType(Mapping base, Mapping over) {
        String type = typeOf(over);
        return type == null || typeOf(base) == null || type.equals(typeOf(base));
    }

    private static @Nullable String typeOf(Mapping section) {
        return section.get("type") instanceof Scalar type ? type.text() : null;
    }

    /// The section without a key.
    static Mapping without(Mapping section, String key) {
        SequencedMap<String, Entry> entries = new LinkedHashMap<>(section.entries());
        entries.remove(key);
        return new Mapping(section.mark(), Collections.unmodifiableSequencedMap(entries));
    }

    /// A section with one key.
    static Mapping single(String key, Entry entry) {
        SequencedMap<String, Entry> entries = new LinkedHashMap<>();
        entries.put(key, entry);
        return new Mapping(entry.keyMark(), Collections.unmodifiableSequencedMap(entries));
    }

    /// A tree with one value at a dotted path; every key on the way stands where the value's own does.
    static Mapping at(List<String> keys, Entry entry) {
        YamlNode node = entry.value();
        for (String key : keys.reversed()) {
            node = single(key, new Entry(entry.keyMark(), node));
        }
        return (Mapping) node;
    }

    /// Replaces the scalars of a tree; the path of each is given along.
    static YamlNode map(YamlNode node, String path, ScalarMapper mapper) {
        return switch (node) {
            case Scalar scalar -> mapper.map(scalar, path);
            case YamlNode.Items items -> {
                List<YamlNode> elements = new ArrayList<>();
                for (int i = 0; i < items.elements().size(); i++) {
                    elements.add(map(items.elements().get(i), path + "[" + i + "]", mapper));
                }
                yield new YamlNode.Items(items.mark(), Collections.unmodifiableList(elements));
            }
            case Mapping mapping -> {
                SequencedMap<String, Entry> entries = new LinkedHashMap<>();
                for (var entry : mapping.entries().entrySet()) {
                    String inner = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
                    Entry value = entry.getValue();
                    entries.put(entry.getKey(), new Entry(value.keyMark(), map(value.value(), inner, mapper)));
                }
                yield new Mapping(mapping.mark(), Collections.unmodifiableSequencedMap(entries));
            }
        };
    }

    /// What becomes of a scalar.
    interface ScalarMapper {
        YamlNode map(Scalar scalar, String path);
    }
}
