package dev.fovea.dsl;

import dev.fovea.dsl.yaml.Finding;
import dev.fovea.dsl.yaml.Findings;
import dev.fovea.dsl.yaml.Mark;
import dev.fovea.dsl.yaml.Scalars;
import dev.fovea.dsl.yaml.Source;
import dev.fovea.dsl.yaml.YamlNode;
import dev.fovea.dsl.yaml.YamlNode.Entry;
import dev.fovea.dsl.yaml.YamlNode.Kind;
import dev.fovea.dsl.yaml.YamlNode.Mapping;
import dev.fovea.dsl.yaml.YamlNode.Scalar;
import dev.fovea.dsl.yaml.YamlParser;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `key=value` arguments, laid over the spec one after the other as if each were one more file.
final class Overrides {
    private static final int MAX_KEYS = 16;

    private final Findings findings;
    private final List<Source> sources;

    /// @param sources each override is added here, so that problems are sorted after those of files
    Overrides(Findings findings, List<Source> sources) {
        this.findings = findings;
        this.sources = sources;
    }

    Mapping apply(Mapping spec, List<String> overrides) {
        Mapping result = spec;
        for (int i = 0; i < overrides.size(); i++) {
            Source source = new Source("override " + (i + 1), overrides.get(i));
            sources.add(source);
            Mapping layer = layer(source);
            result = layer == null ? result : Trees.merge(result, layer);
        }
        return result;
    }

    private @Nullable Mapping layer(Source source) {
        String text = source.text();
        int equals = text.indexOf('=');
        if (equals <= 0 || text.indexOf('\n') >= 0) {
            findings.error(source.at(1, 1), "", "expected key=value", "e.g. optim.lr=1e-3");
            return null;
        }
        String path = text.substring(0, equals);
        List<String> keys = keys(path);
        if (keys == null) {
            findings.error(source.at(1, 1), "", "expected a dotted key before \"=\"", "e.g. optim.lr=1e-3");
            return null;
        }
        if (keys.getFirst().equals("extends")) {
            findings.error(source.at(1, 1), "extends", "cannot be overridden: files are read before overrides");
            return null;
        }
        YamlNode value = value(source, path, equals + 1);
        return value == null ? null : nested(source, keys, value);
    }

    /// The steps of a dotted key, or null if it is none.
    static @Nullable List<String> keys(String path) {
        List<String> keys = List.of(path.split("\\.", -1));
        boolean usable = keys.size() <= MAX_KEYS && keys.stream().allMatch(Overrides::isKey);
        return usable ? keys : null;
    }

    private static boolean isKey(String key) {
        return !key.isEmpty() && key.chars().allMatch(c -> c > ' ' && c != '"' && c != '\'' && c != '{' && c != '}');
    }

    /// Lists, sections and quoted text are YAML; anything else is a plain scalar as it stands.
    private @Nullable YamlNode value(Source source, String path, int start) {
        String text = source.text().substring(start);
        Mark mark = source.at(1, source.text().codePointCount(0, start) + 1);
        String stripped = text.strip();
        if (stripped.isEmpty() || "[{\"'".indexOf(stripped.charAt(0)) < 0) {
            Kind kind = stripped.isEmpty() ? Kind.TEXT : Scalars.kind(stripped);
            return new Scalar(mark, stripped, kind, null);
        }
        Findings own = new Findings();
        Source blanked = new Source(source.name(), " ".repeat(start) + text);
        YamlNode node = YamlParser.parse(blanked, own);
        for (Finding finding : own.errors()) {
            Mark at = source.at(1, finding.mark().column());
            String inner = finding.path().isEmpty() ? path : path + "." + finding.path();
            findings.error(at, inner, finding.message(), finding.hint());
        }
        return node == null || !own.errors().isEmpty() ? null : moved(node, source);
    }

    private static YamlNode moved(YamlNode node, Source source) {
        return switch (node) {
            case Scalar scalar -> new Scalar(moved(scalar.mark(), source), scalar.text(), scalar.kind(), scalar.from());
            case YamlNode.Items items ->
                new YamlNode.Items(
                        moved(items.mark(), source),
                        items.elements().stream()
                                .map(element -> moved(element, source))
                                .toList());
            case Mapping mapping -> {
                var entries = new LinkedHashMap<String, Entry>();
                mapping.entries()
                        .forEach((key, entry) -> entries.put(
                                key, new Entry(moved(entry.keyMark(), source), moved(entry.value(), source))));
                yield new Mapping(moved(mapping.mark(), source), entries);
            }
        };
    }

    private static Mark moved(Mark mark, Source source) {
        return source.at(mark.line(), mark.column());
    }

    private static Mapping nested(Source source, List<String> keys, YamlNode value) {
        List<Mark> marks = new ArrayList<>();
        int column = 1;
        for (String key : keys) {
            marks.add(source.at(1, column));
            column += key.codePointCount(0, key.length()) + 1;
        }
        YamlNode node = value;
        for (int i = keys.size() - 1; i >= 0; i--) {
            node = Trees.single(keys.get(i), new Entry(marks.get(i), node));
        }
        return (Mapping) node;
    }
}
