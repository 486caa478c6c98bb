package dev.fovea.dsl;

import dev.fovea.dsl.keys.Form;
import dev.fovea.dsl.keys.Key;
import dev.fovea.dsl.keys.SpecKeys;
import dev.fovea.dsl.spec.ExperimentSpec;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// A spec as nested maps of plain values under their YAML names: the common start of every printed form.
final class SpecTree {
    private SpecTree() {}

    /// Values are nested maps, Lists, Strings, Booleans, Integers, Longs, Doubles, enum constants, Durations, or
    /// null.
    /// Values that words stand for (`auto`, `none`) are those words if `words` is set.
    static SequencedMap<String, @Nullable Object> of(ExperimentSpec spec, boolean words) {
        return section(SpecKeys.root(), spec, words);
    }

    private static SequencedMap<String, @Nullable Object> section(Form.Section form, Object holder, boolean words) {
        SequencedMap<String, @Nullable Object> tree = new LinkedHashMap<>();
        RecordComponent[] components = form.type().getRecordComponents();
        int index = 0;
        for (Key key : form.keys().values()) {
            tree.put(key.name(), value(key, component(components[index++], holder), words));
        }
        return tree;
    }

    private static @Nullable Object value(Key key, @Nullable Object value, boolean words) {
        if (words) {
            for (var word : key.words().entrySet()) {
                boolean same = word.getValue() == null
                        ? value == null
                        : word.getValue().equals(value);
                if (same) {
                    return word.getKey();
                }
            }
        }
        if (value == null) {
            return null;
        }
        if (key.form() instanceof Form.Section inner) {
            return section(inner, value, words);
        }
        if (key.form() instanceof Form.Choice choice) {
            SequencedMap<String, @Nullable Object> tree = new LinkedHashMap<>();
            for (var variant : choice.variants().entrySet()) {
                if (variant.getValue().type() == value.getClass()) {
                    tree.put("type", variant.getKey());
                    tree.putAll(section(variant.getValue(), value, words));
                }
            }
            return tree;
        }
        return value;
    }

    private static @Nullable Object component(RecordComponent component, Object holder) {
        try {
            return component.getAccessor().invoke(holder);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot read " + component, e);
        }
    }
}
