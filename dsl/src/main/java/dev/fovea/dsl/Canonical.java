package dev.fovea.dsl;

import dev.fovea.dsl.keys.SpecKeys;
import dev.fovea.dsl.spec.Duration;
import dev.fovea.dsl.spec.ExperimentSpec;
import java.text.Normalizer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The canonical form of what a spec computes: JSON without spaces, keys sorted, every default written out, no
/// sections that say how. Numbers with whole values below 2^53 are written as integers, others as the shortest
/// decimal that reads back as the same double; lengths in steps, samples, epochs or seconds; text in Unicode's
/// NFC.
final class Canonical {
    private final StringBuilder out = new StringBuilder();

    private Canonical() {}

    static String text(ExperimentSpec spec) {
        Map<String, @Nullable Object> what = new TreeMap<>();
        SpecTree.of(spec, false).forEach((section, value) -> {
            if (SpecKeys.entersRunKey(section) && value != null) {
                what.put(section, withoutPlaces(section, value));
            }
        });
        Canonical canonical = new Canonical();
        canonical.value(what);
        return canonical.out.toString();
    }

    /// A section without the keys that only say where something lies, and without later keys at their defaults. A
    /// section that may be left out and is, adds nothing.
    private static @Nullable Object withoutPlaces(String path, @Nullable Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            return value;
        }
        Map<String, @Nullable Object> kept = new TreeMap<>();
        map.forEach((key, inner) -> {
            String at = path + "." + key;
            if (SpecKeys.entersRunKey(at) && (inner == null || !SpecKeys.isAsBefore(at, inner))) {
                kept.put(key.toString(), withoutPlaces(at, inner));
            }
        });
        return kept;
    }

    private void value(@Nullable Object value) {
        switch (value) {
            case null -> out.append("null");
            case Map<?, ?> map -> map(map);
            case List<?> list -> list(list);
            case Boolean flag -> out.append(flag.booleanValue());
            case Double real -> number(real);
            case Number whole -> out.append(whole.longValue());
            case Duration duration -> string(duration.canonical());
            case Enum<?> constant -> string(SpecKeys.wordOf(constant));
            default -> string(value.toString());
        }
    }

    private void map(Map<?, ?> map) {
        Map<String, @Nullable Object> sorted = new TreeMap<>();
        map.forEach((key, value) -> sorted.put(key.toString(), value));
        String separator = "{";
        for (Map.Entry<String, @Nullable Object> entry : sorted.entrySet()) {
            out.append(separator);
            string(entry.getKey());
            out.append(':');
            value(entry.getValue());
            separator = ",";
        }
        out.append(sorted.isEmpty() ? "{}" : "}");
    }

    private void list(List<?> list) {
        out.append('[');
        for (int i = 0; i < list.size(); i++) {
            if (i > 0) {
                out.append(',');
            }
            value(list.get(i));
        }
        out.append(']');
    }

    private void number(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 0x1p53) {
            out.append((long) value);
        } else {
            out.append(value);
        }
    }

    private void string(String text) {
        String normal = isAscii(text) ? text : Normalizer.normalize(text, Normalizer.Form.NFC);
        out.append('"');
        for (int i = 0; i < normal.length(); i++) {
            char c = normal.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20) {
                out.append("\\u00").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }
}
