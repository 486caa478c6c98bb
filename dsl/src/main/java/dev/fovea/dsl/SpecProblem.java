package dev.fovea.dsl;

import org.jspecify.annotations.Nullable;

/// One thing that is wrong with a spec, or that its author should know.
///
/// @param file path as given, or `override 2` for the second command-line override
/// @param line from 1; 0 if the file as a whole is meant
/// @param column in code points, from 1; 0 if the file as a whole is meant
/// @param path dotted key such as `loss.box.prior`; empty if no key is meant
/// @param message what is wrong, and what would be right
/// @param hint a suggestion, or null
/// @param sourceLine the line of text, credentials removed, or null
public record SpecProblem(
        String file,
        int line,
        int column,
        String path,
        String message,
        @Nullable String hint,
        @Nullable String sourceLine) {
    private static final int WIDTH = 110;

    /// Whether it stands in an override rather than a file.
    public boolean inOverride() {
        return file.startsWith("override ");
    }

    /// `ps3.yaml:41:7`, `override 2: optim.lrr=1`, or just the file.
    public String place() {
        if (inOverride() && sourceLine != null) {
            return file + ": " + sourceLine;
        }
        return line > 0 ? file + ":" + line + ":" + column : file;
    }

    /// The key as messages show it: empty if the place shows it already.
    String shownPath() {
        boolean shown = inOverride() && sourceLine != null && sourceLine.startsWith(path + "=");
        return shown || path.isEmpty() ? "" : path + ": ";
    }

    /// Place, key, message and hint on one line.
    public String headline() {
        return place() + ": " + shownPath() + message + (hint == null ? "" : " (" + hint + ")");
    }

    /// The source line with a caret under the place, two lines, or nothing if there is no such line.
    public String excerpt() {
        if (sourceLine == null || line == 0 || inOverride()) {
            return "";
        }
        int caret = sourceLine.offsetByCodePoints(
                0, Math.min(column - 1, sourceLine.codePointCount(0, sourceLine.length())));
        int start = caret <= WIDTH - 30 ? 0 : caret - WIDTH / 2;
        int end = Math.min(sourceLine.length(), start + WIDTH);
        String number = Integer.toString(line);
        String shown = printable(sourceLine.substring(start, end));
        String before = printable(sourceLine.substring(start, caret));
        String text = ("  " + number + " | " + shown).stripTrailing();
        return text + "\n  " + " ".repeat(number.length()) + " | " + blank(before) + "^\n";
    }

    /// The text with `?` in place of control characters, so that no spec can play tricks with a terminal.
    static String printable(String text) {
        StringBuilder out = new StringBuilder();
        text.codePoints().forEach(c -> out.appendCodePoint(Character.isISOControl(c) ? c == '\t' ? ' ' : '?' : c));
        return out.toString();
    }

    private static String blank(String text) {
        return " ".repeat(text.codePointCount(0, text.length()));
    }

    /// Headline and excerpt, as `fovea validate` prints it.
    @Override
    public String toString() {
        String excerpt = excerpt();
        return excerpt.isEmpty() ? headline() : headline() + "\n" + excerpt.stripTrailing();
    }
}
