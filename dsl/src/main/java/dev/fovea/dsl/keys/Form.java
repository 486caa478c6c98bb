package dev.fovea.dsl.keys;

import dev.fovea.dsl.spec.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// What may stand after a key.
public sealed interface Form {
    /// Free text, or one of a few words.
    ///
    /// @param choices the words, or empty for free text
    /// @param notBuilt words that are planned but not built yet, for a better message
    /// @param longest most characters of a text that must be one line and not blank; 0 for text of any kind
    record Text(List<String> choices, List<String> notBuilt, int longest) implements Form {
        /// Whether any text will do.
        public boolean isFree() {
            return choices.isEmpty() && longest == 0;
        }
    }

    /// One of an enum's constants, written in lower case with hyphens.
    record Word(Class<? extends Enum<?>> type, SequencedMap<String, Enum<?>> words) implements Form {}

    /// A whole number in a closed range.
    record Whole(long min, long max) implements Form {}

    /// A finite number.
    record Real(double min, boolean minIncluded, double max, boolean maxIncluded) implements Form {}

    /// `true` or `false`.
    record Flag() implements Form {}

    /// A length of training or of time.
    ///
    /// @param units units that make sense here
    /// @param implied unit of a number without one, or null if it must be written
    /// @param zero whether zero is allowed
    record Span(EnumSet<Duration.Unit> units, Duration.@Nullable Unit implied, boolean zero) implements Form {}

    /// A list with a bounded number of elements.
    record Items(Form element, int min, int max) implements Form {}

    /// A nested record.
    record Section(Class<?> type, SequencedMap<String, Key> keys) implements Form {
        /// Whether a value must be given for at least one key in it.
        public boolean hasRequired() {
            for (Key key : keys.values()) {
                if (key.mustBeGiven()) {
                    return true;
                }
            }
            return false;
        }
    }

    /// One of several sections, chosen by the key `type`.
    record Choice(SequencedMap<String, Section> variants) implements Form {}
}
