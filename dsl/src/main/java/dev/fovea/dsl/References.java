package dev.fovea.dsl;

import dev.fovea.dsl.keys.SpecKeys;
import dev.fovea.dsl.yaml.Findings;
import dev.fovea.dsl.yaml.Mark;
import dev.fovea.dsl.yaml.Scalars;
import dev.fovea.dsl.yaml.Source;
import dev.fovea.dsl.yaml.YamlNode;
import dev.fovea.dsl.yaml.YamlNode.Entry;
import dev.fovea.dsl.yaml.YamlNode.Items;
import dev.fovea.dsl.yaml.YamlNode.Kind;
import dev.fovea.dsl.yaml.YamlNode.Mapping;
import dev.fovea.dsl.yaml.YamlNode.Scalar;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Fills in `${vars.NAME}` and, in sections that say how a run is executed, `${env:NAME}`. A reference that is a
/// whole
/// value keeps its type; inside longer text the value is inserted. `$${` stands for a literal `${`.
final class References {
    private static final int MAX_CHAIN = 32;
    private static final int MAX_TEXT = 10_000;
    private static final int MAX_VALUES = 20_000;

    private final Findings findings;
    private final Function<String, @Nullable String> environment;
    private final Mapping vars;
    private final Set<String> used = new LinkedHashSet<>();
    private final List<String> resolving = new ArrayList<>();
    private int values;

    private References(Findings findings, Function<String, @Nullable String> environment, Mapping vars) {
        this.findings = findings;
        this.environment = environment;
        this.vars = vars;
    }

    /// The spec without `vars` and without references.
    static Mapping resolve(
            Mapping spec, Source own, Findings findings, Function<String, @Nullable String> environment) {
        Entry entry = spec.entries().get("vars");
        Mapping vars = new Mapping(spec.mark(), new LinkedHashMap<>());
        if (entry != null && entry.value() instanceof Mapping given) {
            vars = given;
        } else if (entry != null) {
            findings.error(
                    entry.value().mark(),
                    "vars",
                    "expected a section, found " + entry.value().described(),
                    "e.g. vars: {samples: 75M}");
        }
        References references = new References(findings, environment, vars);
        YamlNode resolved = Trees.map(Trees.without(spec, "vars"), "", references::scalar);
        references.warnUnused(own);
        return (Mapping) resolved;
    }

    private void warnUnused(Source own) {
        vars.entries().forEach((name, entry) -> {
            if (!used.contains(name) && entry.keyMark().source() == own) {
                findings.warning(entry.keyMark(), "vars." + name, "is never used");
            }
        });
    }

    private YamlNode scalar(Scalar scalar, String path) {
        if (scalar.kind() != Kind.TEXT || scalar.text().indexOf("${") < 0) {
            return scalar;
        }
        String text = scalar.text();
        boolean whole = text.startsWith("${") && text.indexOf('}') == text.length() - 1;
        return whole ? lookUp(text.substring(2, text.length() - 1), scalar, path) : inserted(scalar, path);
    }

    private YamlNode inserted(Scalar scalar, String path) {
        String text = scalar.text();
        StringBuilder result = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            int start = text.indexOf("${", at);
            if (start < 0) {
                break;
            }
            if (start > at && text.charAt(start - 1) == '$') {
                result.append(text, at, start - 1).append("${");
                at = start + 2;
                continue;
            }
            int end = text.indexOf('}', start);
            if (end < 0) {
                return failed(scalar, path, "\"${\" without \"}\"", "write $${ for a literal ${");
            }
            result.append(text, at, start);
            YamlNode value = lookUp(text.substring(start + 2, end), scalar, path);
            if (value instanceof Scalar part && FAILED.equals(part.from())) {
                return part;
            }
            if (!(value instanceof Scalar part) || part.secret()) {
                String message = value instanceof Scalar
                        ? "a value from the environment must stand alone"
                        : "cannot insert " + value.described() + " into text";
                return failed(scalar, path, message, null);
            }
            result.append(part.text());
            at = end + 1;
            if (result.length() > MAX_TEXT) {
                return failed(scalar, path, "references make more than " + MAX_TEXT + " characters of it", null);
            }
        }
        return new Scalar(scalar.mark(), result.append(text, at, text.length()).toString(), Kind.TEXT, null);
    }

    private Scalar failed(Scalar scalar, String path, String message, @Nullable String hint) {
        findings.error(scalar.mark(), path, message, hint);
        return new Scalar(scalar.mark(), scalar.text(), Kind.TEXT, FAILED);
    }

    /// Marks a value of which the error has been reported already.
    static final String FAILED = "";

    private YamlNode lookUp(String name, Scalar at, String path) {
        if (values > MAX_VALUES) {
            return new Scalar(at.mark(), at.text(), Kind.TEXT, FAILED);
        }
        if (name.startsWith("env:")) {
            return fromEnvironment(name.substring(4), at, path);
        }
        if (!name.startsWith("vars.")) {
            return failed(
                    at,
                    path,
                    "unknown reference ${" + name + "}",
                    "write ${vars.NAME} or, under run and tracking, ${env:NAME}");
        }
        if (resolving.contains(name)) {
            return failed(at, path, "goes round in a circle: " + String.join(" -> ", resolving) + " -> " + name, null);
        }
        if (resolving.size() >= MAX_CHAIN) {
            return failed(at, path, "references more than " + MAX_CHAIN + " steps deep", null);
        }
        resolving.add(name);
        YamlNode found = find(name, at, path);
        YamlNode resolved = found == null ? null : Trees.map(found, name, this::scalar);
        resolving.removeLast();
        return resolved == null
                ? new Scalar(at.mark(), at.text(), Kind.TEXT, FAILED)
                : placed(resolved, at, name, path);
    }

    /// The value, as if it were written at the place that refers to it.
    private YamlNode placed(YamlNode value, Scalar at, String name, String path) {
        values++;
        if (values > MAX_VALUES) {
            return failed(at, path, "references make more than " + MAX_VALUES + " values", null);
        }
        return switch (value) {
            case Scalar scalar when FAILED.equals(scalar.from()) -> scalar;
            case Scalar scalar -> new Scalar(at.mark(), scalar.text(), scalar.kind(), name);
            case Items items -> {
                List<YamlNode> elements = new ArrayList<>();
                for (YamlNode element : items.elements()) {
                    elements.add(placed(element, at, name, path));
                }
                yield new Items(at.mark(), elements);
            }
            case Mapping mapping ->
                failed(at, path, "${" + name + "} is a section, which cannot be inserted", "refer to a value in it");
        };
    }

    private @Nullable YamlNode find(String name, Scalar at, String path) {
        YamlNode node = vars;
        List<String> steps = steps(name);
        for (int i = 0; i < steps.size(); i++) {
            String step = steps.get(i);
            if (i == 0) {
                used.add(step);
            }
            YamlNode next = null;
            if (node instanceof Scalar reference) {
                node = scalar(reference, name);
            }
            if (node instanceof Scalar failed && FAILED.equals(failed.from())) {
                return null;
            }
            if (node instanceof Mapping mapping) {
                next = mapping.get(step);
            } else if (node instanceof Items items && isIndex(step)) {
                int index = Integer.parseInt(step);
                next = index < items.elements().size() ? items.elements().get(index) : null;
            }
            if (next == null) {
                String hint = node instanceof Mapping mapping
                        ? Suggestions.didYouMean(step, mapping.entries().keySet())
                        : null;
                failed(at, path, "${" + name + "} is not defined", hint);
                return null;
            }
            node = next;
        }
        return node;
    }

    /// `vars.seeds[0]` is `seeds`, `0`.
    private static List<String> steps(String name) {
        List<String> steps = new ArrayList<>();
        for (String part : name.substring("vars.".length()).split("\\.", -1)) {
            int bracket = part.indexOf('[');
            if (bracket < 0 || !part.endsWith("]")) {
                steps.add(part);
                continue;
            }
            steps.add(part.substring(0, bracket));
            steps.addAll(List.of(part.substring(bracket + 1, part.length() - 1).split("\\]\\[", -1)));
        }
        return steps;
    }

    private static boolean isIndex(String step) {
        return !step.isEmpty() && step.length() <= 6 && step.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private YamlNode fromEnvironment(String name, Scalar at, String path) {
        int dot = path.indexOf('.');
        String section = dot < 0 ? path : path.substring(0, dot);
        if (!resolving.isEmpty() || !SpecKeys.allowsEnvironment(section)) {
            return failed(
                    at,
                    path,
                    "${env:" + name + "} is allowed only under run and tracking",
                    "what a run computes must not depend on the machine");
        }
        String value = environment.apply(name);
        if (value == null) {
            return failed(at, path, "the environment variable " + name + " is not set", null);
        }
        Mark mark = at.mark();
        return new Scalar(mark, value, Scalars.kind(value), "env:" + name);
    }
}
