package dev.fovea.dsl;

import dev.fovea.dsl.keys.Form;
import dev.fovea.dsl.keys.Key;
import dev.fovea.dsl.keys.SpecKeys;
import java.util.ArrayList;
import java.util.List;

/// The keys of a spec in words, for the guide and for `fovea explain`.
public final class SpecGuide {
    private SpecGuide() {}

    /// One key.
    ///
    /// @param path dotted, such as `optim.lr`; a key of one type only has the type in brackets:
    ///     `data.train[scenes].size`
    /// @param form what may stand after it
    /// @param fallback the default as written in YAML, empty for none
    /// @param required whether it must be given
    /// @param doc what it means
    /// @param entersRunKey whether another value makes another run
    public record Line(String path, String form, String fallback, boolean required, String doc, boolean entersRunKey) {}

    /// Every key that holds a value, in the order of the spec.
    public static List<Line> lines() {
        List<Line> lines = new ArrayList<>();
        collect(SpecKeys.root(), "", lines);
        return List.copyOf(lines);
    }

    private static void collect(Form.Section section, String prefix, List<Line> lines) {
        for (Key key : section.keys().values()) {
            String path = prefix + key.name();
            if (key.isLeaf()) {
                lines.add(line(key, path));
            } else if (key.form() instanceof Form.Section inner) {
                if (!key.words().isEmpty()) {
                    String word = key.words().firstEntry().getKey();
                    String form = "a section, or `" + word + "`";
                    lines.add(new Line(path, form, word, false, key.doc(), enters(path)));
                }
                collect(inner, path + ".", lines);
            } else if (key.form() instanceof Form.Choice choice) {
                String form = String.join(" or ", choice.variants().keySet());
                lines.add(new Line(path + ".type", form, "", true, key.doc(), enters(path)));
                choice.variants().forEach((word, variant) -> collect(variant, path + "[" + word + "].", lines));
            }
        }
    }

    private static Line line(Key key, String path) {
        String fallback = Wording.yaml(key, key.fallback());
        return new Line(path, Wording.expected(key), fallback, key.mustBeGiven(), key.doc(), enters(path));
    }

    private static boolean enters(String path) {
        int dot = path.indexOf('.');
        return SpecKeys.entersRunKey(dot < 0 ? path : path.substring(0, dot));
    }

    /// Markdown: one table for each top-level section, with every key.
    public static String markdown() {
        StringBuilder out = new StringBuilder();
        String open = "";
        for (Line line : lines()) {
            String section = line.path().contains(".")
                    ? line.path().substring(0, line.path().indexOf('.'))
                    : "";
            if (out.isEmpty() || !section.equals(open)) {
                boolean top = section.isEmpty();
                out.append(out.isEmpty() ? "" : "\n")
                        .append(top ? "### top level" : "### " + section)
                        .append("\n\n| key | value | default | meaning |\n|---|---|---|---|\n");
                open = section;
            }
            String fallback = line.required() ? "**required**" : "`" + line.fallback() + "`";
            out.append("| `")
                    .append(line.path())
                    .append("` | ")
                    .append(escaped(line.form()))
                    .append(" | ");
            out.append(fallback).append(" | ").append(escaped(line.doc())).append(" |\n");
        }
        return out.toString();
    }

    private static String escaped(String text) {
        return text.replace("|", "\\|");
    }
}
