package dev.fovea.dsl;

import dev.fovea.dsl.keys.Form;
import dev.fovea.dsl.keys.Key;
import dev.fovea.dsl.yaml.Findings;
import dev.fovea.dsl.yaml.Scalars;
import dev.fovea.dsl.yaml.YamlNode;
import dev.fovea.dsl.yaml.YamlNode.Kind;
import dev.fovea.dsl.yaml.YamlNode.Scalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Turns the node of one key into a typed value, or says what would have been right.
final class LeafReader {
    private final Findings findings;

    LeafReader(Findings findings) {
        this.findings = findings;
    }

    /// The value (Long, Double, Boolean, String, enum constant, Duration or a List of these; null if a word
    /// stands for
    /// none), or empty after reporting what is wrong.
    Read read(Key key, YamlNode node, String path) {
        if (node instanceof Scalar scalar) {
            String word = scalar.kind() == Kind.NOTHING ? "none" : scalar.text();
            if (key.words().containsKey(word)) {
                return new Read(true, boxed(key.words().get(word)));
            }
        }
        return value(key, key.form(), node, path);
    }

    /// @param ok whether there is a value
    record Read(boolean ok, @Nullable Object value) {
        static final Read FAILED = new Read(false, null);

        static Read of(Object value) {
            return new Read(true, value);
        }
    }

    /// Tables hold ints where records do; values are always Long.
    static @Nullable Object boxed(@Nullable Object value) {
        return value instanceof Integer number ? (Object) number.longValue() : value;
    }

    private Read value(Key key, Form form, YamlNode node, String path) {
        if (form instanceof Form.Items items) {
            return node instanceof YamlNode.Items list
                    ? items(key, items, list, path)
                    : wrong(key, form, node, path, null);
        }
        if (!(node instanceof Scalar scalar)) {
            return wrong(key, form, node, path, null);
        }
        if (References.FAILED.equals(scalar.from())) {
            return Read.FAILED;
        }
        Object value = scalarValue(form, scalar);
        if (value != null) {
            return Read.of(value);
        }
        return wrong(key, form, node, path, hint(form, scalar));
    }

    private static @Nullable Object scalarValue(Form form, Scalar scalar) {
        return switch (form) {
            case Form.Text text -> text(text, scalar);
            case Form.Word word -> scalar.kind() == Kind.TEXT ? word.words().get(scalar.text()) : null;
            case Form.Whole whole -> whole(whole, scalar);
            case Form.Real real -> real(real, scalar);
            case Form.Flag _ ->
                scalar.kind() == Kind.FLAG
                        ? (Boolean) scalar.text().toLowerCase(Locale.ROOT).equals("true")
                        : null;
            case Form.Span span -> Durations.read(span, scalar);
            case Form.Items _ -> null;
            case Form.Section _ -> null;
            case Form.Choice _ -> null;
        };
    }

    private static @Nullable Object text(Form.Text form, Scalar scalar) {
        if (scalar.kind() != Kind.TEXT && !scalar.secret()) {
            return null;
        }
        String text = scalar.text();
        if (!form.choices().isEmpty()) {
            return form.choices().contains(text) ? text : null;
        }
        if (form.isFree()) {
            return text;
        }
        boolean oneLine = !text.isBlank() && text.strip().equals(text) && !hasControl(text);
        return oneLine && text.codePointCount(0, text.length()) <= form.longest() ? text : null;
    }

    private static boolean hasControl(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable Object whole(Form.Whole form, Scalar scalar) {
        if (scalar.kind() != Kind.INTEGER && scalar.kind() != Kind.REAL) {
            return null;
        }
        Long value = Scalars.whole(scalar.text(), scalar.kind());
        return value != null && value >= form.min() && value <= form.max() ? value : null;
    }

    private static @Nullable Object real(Form.Real form, Scalar scalar) {
        if (scalar.kind() != Kind.INTEGER && scalar.kind() != Kind.REAL) {
            return null;
        }
        Double value = Scalars.real(scalar.text());
        if (value == null || value.isNaN() || value.isInfinite()) {
            return null;
        }
        boolean above = form.minIncluded() ? value >= form.min() : value > form.min();
        boolean below = form.maxIncluded() ? value <= form.max() : value < form.max();
        return above && below ? (Double) (value + 0.0) : null; // -0.0 becomes 0.0
    }

    private Read items(Key key, Form.Items form, YamlNode.Items list, String path) {
        int size = list.elements().size();
        if (size < form.min() || size > form.max()) {
            findings.error(
                    list.mark(),
                    path,
                    "expected " + Wording.expected(key) + ", found " + Wording.count(size, "element"),
                    Wording.example(key));
            return Read.FAILED;
        }
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            Read read = value(key, form.element(), list.elements().get(i), path + "[" + i + "]");
            if (read.value() != null) {
                values.add(read.value());
            }
        }
        return values.size() == size ? Read.of(List.copyOf(values)) : Read.FAILED;
    }

    private Read wrong(Key key, Form form, YamlNode node, String path, @Nullable String hint) {
        String expected = form.equals(key.form()) ? Wording.expected(key) : Wording.expected(form);
        String better = hint != null ? hint : Wording.example(key);
        findings.error(node.mark(), path, "expected " + expected + ", found " + node.described(), better);
        return Read.FAILED;
    }

    private static @Nullable String hint(Form form, Scalar scalar) {
        String text = scalar.text();
        if (form instanceof Form.Flag && List.of("yes", "on", "y").contains(text.toLowerCase(Locale.ROOT))) {
            return "YAML 1.2: write true";
        }
        if (form instanceof Form.Flag && List.of("no", "off", "n").contains(text.toLowerCase(Locale.ROOT))) {
            return "YAML 1.2: write false";
        }
        if (form instanceof Form.Text choice && choice.notBuilt().contains(text)) {
            return text + " is not built yet";
        }
        if (form instanceof Form.Text choice && !choice.choices().isEmpty()) {
            return Suggestions.didYouMean(text, choice.choices());
        }
        if (form instanceof Form.Text && scalar.kind() != Kind.TEXT && scalar.kind() != Kind.NOTHING) {
            return "quote it: \"" + text + "\"";
        }
        if (form instanceof Form.Word word) {
            return Suggestions.didYouMean(text, List.copyOf(word.words().keySet()));
        }
        boolean number = form instanceof Form.Whole || form instanceof Form.Real;
        return number && scalar.kind() == Kind.TEXT && !scalar.secret() && Scalars.kind(text) != Kind.TEXT
                ? "remove the quotes"
                : null;
    }
}
