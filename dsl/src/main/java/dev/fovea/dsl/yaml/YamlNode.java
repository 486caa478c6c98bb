package dev.fovea.dsl.yaml;

import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// A YAML value with its place.
public sealed interface YamlNode {
    /// Where it begins.
    Mark mark();

    /// What messages call it: `text "abc"`, `integer 3`, `a list`, `a section`.
    String described();

    /// Keys and values, in the order of the text.
    record Mapping(Mark mark, SequencedMap<String, Entry> entries) implements YamlNode {
        /// The value of a key, or null.
        public @Nullable YamlNode get(String key) {
            Entry entry = entries.get(key);
            return entry == null ? null : entry.value();
        }

        @Override
        public String described() {
            return "a section";
        }
    }

    /// The value of a key.
    ///
    /// @param keyMark where the key stands
    record Entry(Mark keyMark, YamlNode value) {}

    /// A list.
    record Items(Mark mark, List<YamlNode> elements) implements YamlNode {
        @Override
        public String described() {
            return "a list";
        }
    }

    /// Text, a number, a truth value or nothing.
    ///
    /// @param text as written, without quotes
    /// @param kind what YAML 1.2's core schema makes of it; quoted text is always TEXT
    /// @param from the reference that it came from (`vars.width`, `env:HOME`), or null
    record Scalar(
            Mark mark, String text, Kind kind, @Nullable String from) implements YamlNode {
        private static final int SHOWN = 60;

        /// Whether it came from the environment, so that it may be a secret and is never shown.
        public boolean secret() {
            return from != null && from.startsWith("env:");
        }

        /// The value as messages may show it.
        public String shown() {
            if (secret()) {
                return "${" + from + "}";
            }
            String value = text.length() <= SHOWN ? text : text.substring(0, SHOWN - 1) + "…";
            String quoted = kind == Kind.TEXT ? '"' + value.replace("\n", "\\n") + '"' : value;
            return from == null ? quoted : quoted + " (from " + from + ")";
        }

        @Override
        public String described() {
            if (secret()) {
                return shown();
            }
            return switch (kind) {
                case TEXT -> "text " + shown();
                case INTEGER -> "integer " + shown();
                case REAL -> "number " + shown();
                case FLAG -> shown();
                case NOTHING -> "nothing";
            };
        }
    }

    /// Kinds of scalars.
    enum Kind {
        TEXT,
        INTEGER,
        REAL,
        FLAG,
        NOTHING
    }
}
