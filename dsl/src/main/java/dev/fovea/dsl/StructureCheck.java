package dev.fovea.dsl;

import dev.fovea.dsl.keys.Form;
import dev.fovea.dsl.keys.Key;
import dev.fovea.dsl.yaml.Findings;
import dev.fovea.dsl.yaml.Mark;
import dev.fovea.dsl.yaml.YamlNode;
import dev.fovea.dsl.yaml.YamlNode.Entry;
import dev.fovea.dsl.yaml.YamlNode.Kind;
import dev.fovea.dsl.yaml.YamlNode.Mapping;
import dev.fovea.dsl.yaml.YamlNode.Scalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Holds a tree against the keys of a spec: every key known, every value of the right form, defaults filled in.
final class StructureCheck {
    /// Keys of a file that are no values of the spec.
    private static final List<String> TOP_ONLY = List.of("extends", "vars", SweepReader.SECTION);

    private final Findings findings;
    private final Form.Section root;
    private final LeafReader leaves;
    private final Values values = new Values();

    StructureCheck(Findings findings, Form.Section root) {
        this.findings = findings;
        this.root = root;
        this.leaves = new LeafReader(findings);
    }

    /// All values that could be read.
    ///
    /// @param top where keys missing at the top level are reported
    Values check(Mapping spec, Mark top) {
        section(root, spec, top, "");
        return values;
    }

    private void section(Form.Section form, @Nullable Mapping given, Mark at, String path) {
        if (given != null || path.isEmpty()) {
            values.section(path, at);
        }
        if (given != null) {
            unknownKeys(form.keys().keySet(), given, path, null);
        }
        for (Key key : form.keys().values()) {
            String inner = path.isEmpty() ? key.name() : path + "." + key.name();
            Entry entry = given == null ? null : given.entries().get(key.name());
            if (entry == null) {
                absent(key, at, inner);
            } else {
                present(key, entry, inner);
            }
        }
    }

    private void unknownKeys(Set<String> known, Mapping given, String path, @Nullable String otherType) {
        given.entries().forEach((name, entry) -> {
            if (known.contains(name) || findings.full()) {
                return;
            }
            String inner = path.isEmpty() ? name : path + "." + name;
            boolean topOnly = !path.isEmpty() && TOP_ONLY.contains(name);
            String hint =
                    topOnly ? "it belongs at the top level" : Suggestions.forKey(name, topLevel(known, path), root);
            findings.error(entry.keyMark(), shortened(inner), "unknown key", otherType == null ? hint : otherType);
        });
    }

    private static List<String> topLevel(Set<String> known, String path) {
        List<String> names = new ArrayList<>(known);
        if (path.isEmpty()) {
            names.addAll(TOP_ONLY);
        }
        return names;
    }

    private static String shortened(String path) {
        return path.length() <= 100 ? path : path.substring(0, 99) + "…";
    }

    private void absent(Key key, Mark at, String path) {
        if (key.mustBeGiven()) {
            boolean section = key.form() instanceof Form.Section;
            String what = section
                    ? "missing section; it needs " + String.join(", ", required((Form.Section) key.form()))
                    : "missing; expected " + Wording.expected(key);
            findings.error(at, path, what, Wording.example(key));
            return;
        }
        Object fallback = key.fallback();
        if (fallback instanceof String word && key.words().containsKey(word)) {
            values.put(path, LeafReader.boxed(key.words().get(word)), null);
        } else if (key.form() instanceof Form.Section section) {
            section(section, null, at, path);
        } else if (key.form() instanceof Form.Choice choice && fallback instanceof String type) {
            values.put(path + ".type", type, null);
            section(variant(choice, type), null, at, path);
        } else {
            values.put(path, LeafReader.boxed(fallback), null);
        }
    }

    private static List<String> required(Form.Section section) {
        return section.keys().values().stream()
                .filter(Key::mustBeGiven)
                .map(Key::name)
                .toList();
    }

    private void present(Key key, Entry entry, String path) {
        YamlNode node = entry.value();
        if (node instanceof Scalar scalar && References.FAILED.equals(scalar.from())) {
            return;
        }
        if (key.isLeaf()) {
            LeafReader.Read read = leaves.read(key, node, path);
            if (read.ok()) {
                values.put(path, read.value(), node);
            }
        } else if (node instanceof Scalar scalar && isNone(key, scalar)) {
            values.put(path, null, node);
        } else if (!(node instanceof Mapping mapping)) {
            String hint = node instanceof Scalar scalar && scalar.kind() == Kind.NOTHING
                    ? "remove the key, or write " + key.name() + ": {}"
                    : null;
            findings.error(
                    node.mark(), path, "expected " + Wording.expected(key) + "; found " + node.described(), hint);
        } else if (key.form() instanceof Form.Choice choice) {
            choice(key, choice, mapping, entry.keyMark(), path);
        } else if (key.form() instanceof Form.Section section) {
            section(section, mapping, entry.keyMark(), path);
        }
    }

    private static boolean isNone(Key key, Scalar scalar) {
        String word = scalar.kind() == Kind.NOTHING ? "none" : scalar.text();
        return key.words().containsKey(word);
    }

    private static Form.Section variant(Form.Choice choice, String type) {
        Form.Section variant = choice.variants().get(type);
        if (variant == null) {
            throw new IllegalStateException(
                    "the type left out is not one of " + choice.variants().keySet());
        }
        return variant;
    }

    private void choice(Key key, Form.Choice choice, Mapping given, Mark at, String path) {
        YamlNode type = given.get("type");
        String inner = path + ".type";
        if (type == null && key.fallback() instanceof String usual) {
            Form.Section variant = variant(choice, usual);
            values.put(inner, usual, null);
            section(variant, foreignKeys(choice, variant, given, path), at, path);
            return;
        }
        if (!(type instanceof Scalar scalar)) {
            String expected =
                    "expected " + String.join(" or ", choice.variants().keySet());
            String found = type == null ? "missing; " + expected : expected + ", found " + type.described();
            findings.error(type == null ? at : type.mark(), inner, found, Wording.example(key));
            return;
        }
        if (scalar.from() != null) {
            findings.error(
                    type.mark(), inner, "cannot be a reference: it decides which keys are known", "write it out");
            return;
        }
        Form.Section variant = choice.variants().get(scalar.text());
        if (variant != null) {
            values.put(inner, scalar.text(), type);
            section(variant, foreignKeys(choice, variant, given, path), at, path);
        } else {
            String expected =
                    "expected " + String.join(" or ", choice.variants().keySet());
            String hint =
                    Suggestions.didYouMean(scalar.text(), choice.variants().keySet());
            String better = hint == null ? Wording.example(key) : hint;
            findings.error(type.mark(), inner, expected + ", found " + type.described(), better);
        }
    }

    /// Reports keys that belong to another type, and returns the section without them and without `type`.
    private Mapping foreignKeys(Form.Choice choice, Form.Section variant, Mapping given, String path) {
        Mapping rest = Trees.without(given, "type");
        for (String name : given.entries().keySet()) {
            for (var other : choice.variants().entrySet()) {
                boolean foreign = !variant.keys().containsKey(name)
                        && other.getValue().keys().containsKey(name);
                if (foreign && rest.get(name) != null) {
                    Entry entry = given.entries().get(name);
                    String hint = "it is a key of type: " + other.getKey();
                    findings.error(
                            entry == null ? given.mark() : entry.keyMark(), path + "." + name, "unknown key", hint);
                    rest = Trees.without(rest, name);
                }
            }
        }
        return rest;
    }
}
