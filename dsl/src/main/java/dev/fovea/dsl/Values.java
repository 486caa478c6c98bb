package dev.fovea.dsl;

import dev.fovea.dsl.spec.Duration;
import dev.fovea.dsl.yaml.Mark;
import dev.fovea.dsl.yaml.YamlNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// Every value of a spec that was given in the right form or has a default, by dotted path. Getters return null
/// where
/// the value is missing or wrong (which is an error of its own), so that the checks on other values can go on.
final class Values {
    private final SequencedMap<String, Value> byPath = new LinkedHashMap<>();
    private final SequencedMap<String, Mark> sections = new LinkedHashMap<>();

    /// @param content the value, null for none
    /// @param node where it was given, null for a default
    record Value(@Nullable Object content, @Nullable YamlNode node) {}

    void put(String path, @Nullable Object content, @Nullable YamlNode node) {
        byPath.put(path, new Value(content, node));
    }

    void section(String path, Mark mark) {
        sections.put(path, mark);
    }

    SequencedMap<String, Value> all() {
        return byPath;
    }

    boolean has(String path) {
        return byPath.containsKey(path);
    }

    private @Nullable Object content(String path) {
        Value value = byPath.get(path);
        return value == null ? null : value.content();
    }

    @Nullable
    String text(String path) {
        return (String) content(path);
    }

    @Nullable
    Long whole(String path) {
        return (Long) content(path);
    }

    @Nullable
    Double real(String path) {
        return (Double) content(path);
    }

    @Nullable
    Boolean flag(String path) {
        return (Boolean) content(path);
    }

    @Nullable
    Duration duration(String path) {
        return (Duration) content(path);
    }

    @Nullable
    List<?> list(String path) {
        return (List<?>) content(path);
    }

    @SuppressWarnings("unchecked") // the form of the key admits whole numbers only
    @Nullable
    List<Long> wholes(String path) {
        return (List<Long>) content(path);
    }

    @SuppressWarnings("unchecked") // the form of the key admits numbers only
    @Nullable
    List<Double> reals(String path) {
        return (List<Double>) content(path);
    }

    @SuppressWarnings("unchecked") // the form of the key admits text only
    @Nullable
    List<String> texts(String path) {
        return (List<String>) content(path);
    }

    @Nullable
    Object constant(String path) {
        return content(path);
    }

    /// Where to point for this value: at the value, or at the nearest section around it that was given.
    Mark mark(String path) {
        Value value = byPath.get(path);
        if (value != null && value.node() != null) {
            return value.node().mark();
        }
        String parent = path;
        while (true) {
            int dot = parent.lastIndexOf('.');
            parent = dot < 0 ? "" : parent.substring(0, dot);
            Mark mark = sections.get(parent);
            if (mark != null) {
                return mark;
            }
            if (parent.isEmpty()) {
                throw new IllegalStateException("the top level was not registered");
            }
        }
    }

    /// Where to point for one element of a list.
    Mark mark(String path, int index) {
        Value value = byPath.get(path);
        if (value != null
                && value.node() instanceof YamlNode.Items items
                && index < items.elements().size()) {
            return items.elements().get(index).mark();
        }
        return mark(path);
    }
}
