package dev.fovea.dsl;

import dev.fovea.dsl.yaml.Findings;
import dev.fovea.dsl.yaml.Mark;
import dev.fovea.dsl.yaml.Source;
import dev.fovea.dsl.yaml.YamlNode;
import dev.fovea.dsl.yaml.YamlNode.Kind;
import dev.fovea.dsl.yaml.YamlNode.Mapping;
import dev.fovea.dsl.yaml.YamlNode.Scalar;
import dev.fovea.dsl.yaml.YamlParser;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Loads a spec and the files it extends, and lays them over each other: a later file wins over an earlier one, the
/// file itself over all of them.
final class Layers {
    private static final int MAX_DEPTH = 16;
    private static final int MAX_FILES = 64;

    private final Findings findings;
    private final List<Source> sources = new ArrayList<>();
    private final List<Path> chain = new ArrayList<>();
    private boolean complete = true;

    Layers(Findings findings) {
        this.findings = findings;
    }

    /// Every source read so far, the spec's own first.
    List<Source> sources() {
        return sources;
    }

    /// Whether every file could be read to its end; if not, missing keys mean nothing.
    boolean complete() {
        return complete;
    }

    /// The merged tree, without `extends`; null if the text itself could not be read.
    @Nullable
    Mapping load(Path file, String text) {
        Source source = new Source(file.toString(), text);
        sources.add(source);
        YamlNode node = YamlParser.parse(source, findings);
        if (!(node instanceof Mapping own)) {
            refuse(source, node);
            complete = false;
            return null;
        }
        chain.add(identity(file));
        Mapping merged = null;
        for (Scalar base : bases(own)) {
            Mapping loaded = loadBase(file, base);
            if (loaded != null) {
                merged = merged == null ? loaded : Trees.merge(merged, loaded);
            }
        }
        chain.removeLast();
        Mapping rest = Trees.without(own, "extends");
        return merged == null ? rest : Trees.merge(merged, rest);
    }

    private void refuse(Source source, @Nullable YamlNode node) {
        boolean given = node != null && !(node instanceof Scalar scalar && scalar.kind() == Kind.NOTHING);
        if (node != null && given) {
            findings.error(node.mark(), "", "expected a spec, a section of keys; found " + node.described());
        } else if (findings.errors().isEmpty()) {
            findings.error(source.at(1, 1), "", "the spec is empty", "begin with fovea: v1");
        }
    }

    private List<Scalar> bases(Mapping own) {
        YamlNode node = own.get("extends");
        List<Scalar> bases = new ArrayList<>();
        List<YamlNode> given =
                node == null ? List.of() : node instanceof YamlNode.Items items ? items.elements() : List.of(node);
        for (YamlNode base : given) {
            if (base instanceof Scalar scalar
                    && scalar.kind() == Kind.TEXT
                    && !scalar.text().isBlank()) {
                bases.add(scalar);
            } else {
                String message = "expected the path of a spec or a list of paths, found " + base.described();
                findings.error(base.mark(), "extends", message, "e.g. extends: [base/model.yaml]");
            }
        }
        return bases;
    }

    private @Nullable Mapping loadBase(Path file, Scalar base) {
        Mapping loaded = tryBase(file, base);
        complete &= loaded != null;
        return loaded;
    }

    private @Nullable Mapping tryBase(Path file, Scalar base) {
        Path path;
        try {
            path = file.resolveSibling(base.text()).normalize();
        } catch (InvalidPathException e) {
            findings.error(base.mark(), "extends", base.described() + " is not a path: " + e.getReason());
            return null;
        }
        if (chain.contains(identity(path))) {
            findings.error(base.mark(), "extends", "goes round in a circle: " + chainTo(path));
            return null;
        }
        if (chain.size() >= MAX_DEPTH || sources.size() >= MAX_FILES) {
            String limit = chain.size() >= MAX_DEPTH ? MAX_DEPTH + " files deep" : MAX_FILES + " files in all";
            findings.error(base.mark(), "extends", "more than " + limit + ": " + chainTo(path));
            return null;
        }
        try {
            return load(path, SpecText.read(path));
        } catch (SpecText.Unreadable e) {
            String through = chain.size() > 1 ? ", extended by " + chainTo(path) : "";
            findings.error(placeOf(e, path, base.mark()), "extends", e.getMessage() + through, e.hint());
        } catch (IOException e) {
            findings.error(base.mark(), "extends", "cannot read " + path + ": " + e.getMessage());
        }
        return null;
    }

    private Mark placeOf(SpecText.Unreadable e, Path path, Mark extending) {
        if (e.line() == 0) {
            return extending;
        }
        Source source = new Source(path.toString(), "");
        sources.add(source);
        return source.at(e.line(), e.column());
    }

    private String chainTo(Path last) {
        StringBuilder text = new StringBuilder();
        for (Path path : chain) {
            text.append(path.getFileName()).append(" -> ");
        }
        return text.append(last.getFileName()).toString();
    }

    private static Path identity(Path file) {
        return file.toAbsolutePath().normalize();
    }
}
