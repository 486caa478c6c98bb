package dev.fovea.dsl;

import dev.fovea.dsl.keys.Form;
import dev.fovea.dsl.keys.Key;
import dev.fovea.dsl.keys.SpecKeys;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// The keys of a spec in words, for the guide and for `fovea explain`.
public final class SpecGuide {
    private static final String HEAD = "\n\n| key | value | default | meaning |\n|---|---|---|---|\n";

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
                String type = key.mustBeGiven() ? "" : String.valueOf(key.fallback());
                lines.add(new Line(path + ".type", form, type, key.mustBeGiven(), key.doc(), enters(path)));
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

    /// Markdown: one table for the keys of the top level, then one for each section.
    public static String markdown() {
        SequencedMap<String, StringBuilder> tables = new LinkedHashMap<>();
        for (Line line : lines()) {
            int dot = line.path().indexOf('.');
            String section = dot < 0 ? "top level" : line.path().substring(0, dot);
            tables.computeIfAbsent(section, name -> new StringBuilder("### " + name + HEAD))
                    .append(row(line));
        }
        return String.join("\n", tables.values());
    }

    private static String row(Line line) {
        String fallback = line.required() ? "**required**" : "`" + line.fallback() + "`";
        return "| `" + line.path() + "` | " + escaped(line.form()) + " | " + fallback + " | " + escaped(line.doc())
                + " |\n";
    }

    private static String escaped(String text) {
        return text.replace("|", "\\|");
    }
}
