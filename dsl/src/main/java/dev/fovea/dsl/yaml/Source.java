package dev.fovea.dsl.yaml;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A text that marks point into: a file, a command-line override, or nothing (defaults, whole-file errors).
public final class Source {
    private final String name;
    private final String text;
    private @Nullable List<String> lines;

    /// @param name what messages call it, a path or `override 2`
    /// @param text its whole content
    public Source(String name, String text) {
        this.name = name;
        this.text = text;
    }

    /// What messages call it.
    public String name() {
        return name;
    }

    /// Its whole content.
    public String text() {
        return text;
    }

    /// The text of a line, counted from 1, or null if there is no such line.
    public @Nullable String line(int number) {
        if (lines == null) {
            lines = split(text);
        }
        return number >= 1 && number <= lines.size() ? lines.get(number - 1) : null;
    }

    /// The mark of a line and column, both counted from 1; line 0 means the whole source.
    public Mark at(int line, int column) {
        return new Mark(this, line, column);
    }

    /// The mark of the code point with this index.
    public Mark atCodePoint(int index) {
        int line = 1;
        int column = 1;
        int at = 0;
        for (int i = 0; i < index && at < text.length(); i++) {
            int c = text.codePointAt(at);
            at += Character.charCount(c);
            boolean lineEnd = c == '\n' || (c == '\r' && !(at < text.length() && text.charAt(at) == '\n'));
            line = lineEnd ? line + 1 : line;
            column = lineEnd ? 1 : column + 1;
        }
        return at(line, column);
    }

    private static List<String> split(String text) {
        List<String> lines = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n' || c == '\r') {
                lines.add(text.substring(start, i));
                if (c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n') {
                    i++;
                }
                start = i + 1;
            }
        }
        lines.add(text.substring(start));
        return lines;
    }

    @Override
    public String toString() {
        return name;
    }
}
