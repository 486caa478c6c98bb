package dev.fovea.dsl;

import dev.fovea.dsl.keys.SpecKeys;
import dev.fovea.dsl.spec.Duration;
import dev.fovea.dsl.yaml.Findings;
import dev.fovea.dsl.yaml.Scalars;
import dev.fovea.dsl.yaml.Source;
import dev.fovea.dsl.yaml.YamlNode;
import dev.fovea.dsl.yaml.YamlNode.Kind;
import dev.fovea.dsl.yaml.YamlParser;
import java.io.StringWriter;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;
import tools.jackson.dataformat.yaml.util.StringQuotingChecker;

/// Prints a resolved spec as YAML or JSON, with Jackson's generators.
final class Printed {
    private Printed() {}

    static String yaml(ResolvedSpec resolved, boolean withOrigins) {
        StringWriter out = new StringWriter();
        YAMLFactory factory = YAMLFactory.builder()
                .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER, YAMLWriteFeature.SPLIT_LINES)
                .enable(
                        YAMLWriteFeature.MINIMIZE_QUOTES,
                        YAMLWriteFeature.INDENT_ARRAYS_WITH_INDICATOR,
                        YAMLWriteFeature.LITERAL_BLOCK_STYLE)
                .stringQuotingChecker(new Quoting())
                .build();
        try (JsonGenerator generator = factory.createGenerator(ObjectWriteContext.empty(), out)) {
            write(generator, tree(resolved));
        }
        String yaml = out.toString();
        return withOrigins ? commented(yaml, resolved.origins()) : yaml;
    }

    static String json(ResolvedSpec resolved) {
        StringWriter out = new StringWriter();
        try (JsonGenerator generator = new JsonFactory().createGenerator(pretty(), out)) {
            write(generator, tree(resolved));
        }
        return out.append('\n').toString();
    }

    /// A context that makes JSON generators indent.
    static ObjectWriteContext pretty() {
        return new ObjectWriteContext.Base() {
            @Override
            public tools.jackson.core.PrettyPrinter getPrettyPrinter() {
                return new DefaultPrettyPrinter();
            }

            @Override
            public boolean hasPrettyPrinter() {
                return true;
            }
        };
    }

    private static SequencedMap<String, @Nullable Object> tree(ResolvedSpec resolved) {
        SequencedMap<String, @Nullable Object> tree = SpecTree.of(resolved.spec(), true);
        printable(tree, "", resolved.origins());
        return tree;
    }

    /// Puts references in place of values from the environment, and escapes text that looks like a reference.
    @SuppressWarnings("unchecked") // SpecTree nests only maps of this type
    private static void printable(Map<String, @Nullable Object> tree, String prefix, Map<String, Origin> origins) {
        for (Map.Entry<String, @Nullable Object> entry : tree.entrySet()) {
            String path = prefix + entry.getKey();
            Origin origin = origins.get(path);
            if (entry.getValue() instanceof Map<?, ?> inner) {
                printable((Map<String, @Nullable Object>) inner, path + ".", origins);
            } else if (origin != null && origin.file().startsWith("env:")) {
                entry.setValue("${" + origin.file() + "}");
            } else if (entry.getValue() instanceof String text) {
                entry.setValue(text.replace("${", "$${"));
            } else if (entry.getValue() instanceof List<?> list) {
                entry.setValue(list.stream()
                        .map(e -> e instanceof String text ? text.replace("${", "$${") : e)
                        .toList());
            }
        }
    }

    static void write(JsonGenerator out, @Nullable Object value) {
        switch (value) {
            case null -> out.writeNull();
            case Map<?, ?> map -> {
                out.writeStartObject();
                map.forEach((key, inner) -> {
                    out.writeName(key.toString());
                    write(out, inner);
                });
                out.writeEndObject();
            }
            case Collection<?> list -> {
                out.writeStartArray();
                list.forEach(element -> write(out, element));
                out.writeEndArray();
            }
            case Boolean flag -> out.writeBoolean(flag);
            case Integer whole -> out.writeNumber(whole);
            case Long whole -> out.writeNumber(whole);
            case Double real -> out.writeNumber(real);
            case Duration duration -> out.writeString(duration.text());
            case Enum<?> constant -> out.writeString(SpecKeys.wordOf(constant));
            default -> out.writeString(value.toString());
        }
    }

    /// Appends `# file:line` to the line of each key that has an origin. The lines are found by reading the text
    /// back.
    private static String commented(String yaml, Map<String, Origin> origins) {
        YamlNode root = YamlParser.parse(new Source("resolved", yaml), new Findings());
        Map<Integer, String> comments = new TreeMap<>();
        if (root instanceof YamlNode.Mapping mapping) {
            collect(mapping, "", origins, comments);
        }
        StringBuilder out = new StringBuilder();
        int number = 0;
        for (String line : yaml.split("\n")) {
            number++;
            String comment = comments.get(number);
            out.append(line).append(comment == null ? "" : "  # " + comment).append('\n');
        }
        return out.toString();
    }

    private static void collect(
            YamlNode.Mapping section, String prefix, Map<String, Origin> origins, Map<Integer, String> comments) {
        section.entries().forEach((name, entry) -> {
            Origin origin = origins.get(prefix + name);
            if (entry.value() instanceof YamlNode.Mapping inner) {
                collect(inner, prefix + name + ".", origins, comments);
            } else if (origin != null) {
                comments.put(entry.keyMark().line(), origin.text());
            }
        });
    }

    /// Leaves quotes away only where the text certainly reads back as the same text.
    private static final class Quoting extends StringQuotingChecker {
        private static final long serialVersionUID = 1L;

        @Override
        public boolean needToQuoteName(String name) {
            return needToQuoteValue(name);
        }

        @Override
        public boolean needToQuoteValue(String value) {
            boolean plain =
                    !value.isEmpty() && Character.isLetterOrDigit(value.charAt(0)) && Scalars.kind(value) == Kind.TEXT;
            return !plain || !value.chars().allMatch(Quoting::isHarmless) || isReservedKeyword(value);
        }

        private static boolean isHarmless(int c) {
            boolean word = c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
            return word || c == '-' || c == '_' || c == '.' || c == '/';
        }
    }
}
