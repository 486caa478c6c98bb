package dev.fovea.dsl.keys;

import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// One key of a section.
///
/// @param name as written in YAML
/// @param form what may stand after it
/// @param doc one or two sentences for people
/// @param example a value as written in YAML
/// @param fallback the value if the key is left out: an object of the component's type, a word of `words`, the
///     type of a choice, or null
/// @param words further words that are allowed, with the value each stands for (null for none)
public record Key(
        String name,
        Form form,
        String doc,
        String example,
        @Nullable Object fallback,
        SequencedMap<String, @Nullable Object> words) {

    /// The value that stands for "as long as the run" and is filled in by the reader.
    public static final String WHOLE_RUN = "end";

    /// Whether leaving the key out is an error. A section is required if a key in it is.
    public boolean mustBeGiven() {
        if (form instanceof Form.Section section) {
            return words.isEmpty() && section.hasRequired();
        }
        return fallback == null;
    }

    /// Whether it holds one value (a list counts as one) rather than further keys.
    public boolean isLeaf() {
        return !(form instanceof Form.Section) && !(form instanceof Form.Choice);
    }
}
