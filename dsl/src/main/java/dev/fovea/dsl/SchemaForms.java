package dev.fovea.dsl;

import static dev.fovea.dsl.SpecSchema.ordered;

import dev.fovea.dsl.keys.Form;
import dev.fovea.dsl.spec.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;

/// What may stand after a leaf key, as alternatives of a JSON Schema.
final class SchemaForms {
    private static final String ONE_LINE = "^\\S([^\\u0000-\\u001f\\u007f-\\u009f]*\\S)?$";

    private SchemaForms() {}

    static boolean isFreeText(Form form) {
        return form instanceof Form.Text text && text.isFree();
    }

    /// Text with a reference in it; what it stands for is checked by the reader.
    static SequencedMap<String, Object> references(boolean environment) {
        String pattern = environment ? "\\$\\{(vars\\.|env:)" : "\\$\\{vars\\.";
        return ordered("type", "string", "pattern", pattern);
    }

    static List<SequencedMap<String, Object>> of(Form form, boolean environment) {
        return switch (form) {
            case Form.Text text -> List.of(text(text));
            case Form.Word word -> List.of(ordered("enum", word.words().keySet()));
            case Form.Whole whole -> List.of(whole(whole));
            case Form.Real real -> List.of(real(real));
            case Form.Flag _ -> List.of(ordered("type", "boolean"));
            case Form.Span span -> span(span);
            case Form.Items items -> List.of(items(items, environment));
            case Form.Section section -> throw new IllegalArgumentException("not a leaf: " + section.type());
            case Form.Choice choice ->
                throw new IllegalArgumentException(
                        "not a leaf: " + choice.variants().keySet());
        };
    }

    private static SequencedMap<String, Object> text(Form.Text text) {
        if (!text.choices().isEmpty()) {
            return ordered("enum", text.choices());
        }
        return text.isFree()
                ? ordered("type", "string")
                : ordered("type", "string", "maxLength", text.longest(), "pattern", ONE_LINE);
    }

    private static SequencedMap<String, Object> whole(Form.Whole whole) {
        return ordered("type", "integer", "minimum", whole.min(), "maximum", whole.max());
    }

    private static SequencedMap<String, Object> real(Form.Real real) {
        SequencedMap<String, Object> schema = ordered("type", "number");
        if (real.min() > Double.NEGATIVE_INFINITY) {
            schema.put(real.minIncluded() ? "minimum" : "exclusiveMinimum", real.min());
        }
        if (real.max() < Double.POSITIVE_INFINITY) {
            schema.put(real.maxIncluded() ? "maximum" : "exclusiveMaximum", real.max());
        }
        return schema;
    }

    private static SequencedMap<String, Object> items(Form.Items items, boolean environment) {
        List<Object> element = new ArrayList<>(of(items.element(), environment));
        if (!isFreeText(items.element())) {
            element.add(references(environment));
        }
        Object elements = element.size() == 1 ? element.getFirst() : ordered("anyOf", element);
        return ordered("type", "array", "minItems", items.min(), "maxItems", items.max(), "items", elements);
    }

    private static List<SequencedMap<String, Object>> span(Form.Span span) {
        List<SequencedMap<String, Object>> ways = new ArrayList<>();
        if (span.implied() != null) {
            ways.add(ordered("type", "integer", span.zero() ? "minimum" : "exclusiveMinimum", 0));
        }
        ways.add(ordered("type", "string", "pattern", spanPattern(span)));
        return ways;
    }

    /// Steps and samples are whole, if need be by their `k`, `M` or `B`; epochs and times may be fractions.
    private static String spanPattern(Form.Span span) {
        List<String> whole = new ArrayList<>();
        List<String> ways = new ArrayList<>();
        for (Duration.Unit unit : span.units()) {
            switch (unit) {
                case STEPS, SAMPLES -> whole.add(unit.suffix());
                case EPOCHS -> ways.add("[0-9]+(\\.[0-9]+)?[kMB]?ep");
                case SECONDS -> ways.add("[0-9]+(\\.[0-9]+)?(s|min|h)");
            }
        }
        if (!whole.isEmpty()) {
            String units = "(" + String.join("|", whole) + ")" + (span.implied() == null ? "" : "?");
            ways.addFirst("([0-9]+(\\.0+)?|[0-9]+(\\.[0-9]+)?[kMB])" + units);
        }
        String notZero = span.zero() ? "" : "(?!0+(\\.0+)?([^0-9.]|$))";
        return "^" + notZero + "(" + String.join("|", ways) + ")$";
    }
}
