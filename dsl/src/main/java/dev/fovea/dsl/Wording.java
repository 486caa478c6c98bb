package dev.fovea.dsl;

import dev.fovea.dsl.keys.Form;
import dev.fovea.dsl.keys.Key;
import dev.fovea.dsl.keys.SpecKeys;
import dev.fovea.dsl.spec.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What may stand after a key, in words.
final class Wording {
    private Wording() {}

    /// What may stand after a key, its special words included.
    static String expected(Key key) {
        StringBuilder text = new StringBuilder(expected(key.form()));
        for (String word : key.words().keySet()) {
            text.append(" or \"").append(word).append('"');
        }
        return text.toString();
    }

    static String expected(Form form) {
        return switch (form) {
            case Form.Text text -> text(text);
            case Form.Word word -> oneOf(word.words().keySet());
            case Form.Whole whole -> "a whole number" + range(whole);
            case Form.Real real -> "a number" + range(real);
            case Form.Flag _ -> "true or false";
            case Form.Span span -> span(span);
            case Form.Items items -> items(items);
            case Form.Section section ->
                "a section with keys " + String.join(", ", section.keys().keySet());
            case Form.Choice choice ->
                "a section with a type, " + oneOf(choice.variants().keySet());
        };
    }

    private static String text(Form.Text text) {
        if (!text.choices().isEmpty()) {
            return oneOf(text.choices());
        }
        return text.isFree() ? "text" : "one line of text, at most " + text.longest() + " characters";
    }

    private static String oneOf(Iterable<String> words) {
        List<String> all = new ArrayList<>();
        words.forEach(all::add);
        if (all.size() == 1) {
            return '"' + all.getFirst() + '"';
        }
        return (all.size() == 2 ? "" : "one of ") + String.join(", ", all.subList(0, all.size() - 1)) + " or "
                + all.getLast();
    }

    private static String range(Form.Whole whole) {
        if (whole.min() == whole.max()) {
            return ", only " + whole.min() + " so far";
        }
        boolean open = whole.max() > Integer.MAX_VALUE;
        return open ? " of at least " + whole.min() : " from " + whole.min() + " to " + whole.max();
    }

    private static String range(Form.Real real) {
        boolean hasMin = real.min() > Double.NEGATIVE_INFINITY;
        boolean hasMax = real.max() < Double.POSITIVE_INFINITY;
        if (hasMin && hasMax && real.minIncluded() && real.maxIncluded()) {
            return " from " + number(real.min()) + " to " + number(real.max());
        }
        String low = !hasMin ? "" : (real.minIncluded() ? " of at least " : " above ") + number(real.min());
        String high = !hasMax ? "" : (real.maxIncluded() ? "at most " : "below ") + number(real.max());
        return low + (low.isEmpty() || high.isEmpty() ? high.isEmpty() ? "" : " " + high : " and " + high);
    }

    private static String span(Form.Span span) {
        List<String> units = new ArrayList<>();
        for (Duration.Unit unit : span.units()) {
            units.addAll(
                    switch (unit) {
                        case STEPS -> List.of("st (steps)");
                        case SAMPLES -> List.of("sa (samples)");
                        case EPOCHS -> List.of("ep (epochs)");
                        case SECONDS -> List.of("s", "min", "h");
                    });
        }
        return "a length" + (span.zero() ? "" : " above 0") + " in "
                + oneOf(units).replace("one of ", "");
    }

    private static String items(Form.Items items) {
        String element = expected(items.element());
        String plural = element.startsWith("a whole number")
                ? "whole numbers, each" + element.substring("a whole number".length())
                : element.startsWith("a number") ? "numbers, each" + element.substring("a number".length()) : "texts";
        String each = plural.endsWith(", each") ? plural.substring(0, plural.length() - ", each".length()) : plural;
        String elements =
                items.element() instanceof Form.Text text && !text.choices().isEmpty()
                        ? "texts, each " + oneOf(text.choices())
                        : each;
        return "a list of " + size(items) + elements;
    }

    private static String size(Form.Items items) {
        if (items.min() == items.max()) {
            return items.min() + " ";
        }
        return items.min() + " to " + items.max() + " ";
    }

    /// `e.g. lr: 5e-6`, or null if there is nothing to show or the choices have been listed already.
    static @Nullable String example(Key key) {
        boolean listed = key.form() instanceof Form.Flag
                || key.form() instanceof Form.Word
                || (key.form() instanceof Form.Text text && !text.choices().isEmpty());
        String value = exampleValue(key);
        return listed || value.isEmpty() ? null : "e.g. " + key.name() + ": " + value;
    }

    /// A value as written in YAML; empty if the key has neither example nor default.
    static String exampleValue(Key key) {
        return key.example().isEmpty() ? yaml(key, key.fallback()) : key.example();
    }

    /// A default as written in YAML.
    static String yaml(Key key, @Nullable Object value) {
        return switch (value) {
            case null -> "";
            case Duration duration -> duration.text();
            case Enum<?> constant -> SpecKeys.wordOf(constant);
            case Double real when key.form() instanceof Form.Real -> number(real);
            case List<?> list ->
                "[" + String.join(", ", list.stream().map(e -> yaml(key, e)).toList()) + "]";
            case String text -> text.isEmpty() ? "\"\"" : text;
            default -> value.toString();
        };
    }

    /// A number without needless digits.
    static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value).replace('E', 'e');
    }

    /// `1 element`, `2 elements`, `no elements`.
    static String count(int number, String noun) {
        return (number == 0 ? "no" : Integer.toString(number)) + " " + noun + (number == 1 ? "" : "s");
    }
}
