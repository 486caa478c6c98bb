package dev.fovea.bin.terminal;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/// What is known about where the output goes.
///
/// @param out whether standard output is a terminal
/// @param err whether standard error is a terminal
/// @param columns width of the terminal; 80 where it is not known
/// @param unicode whether box characters can be shown
public record TerminalFacts(boolean out, boolean err, int columns, boolean unicode) {
    /// Output that goes into a file or a pipe.
    public static TerminalFacts none() {
        return new TerminalFacts(false, false, 80, true);
    }

    /// What the launcher found out; without it, output is taken to go into a file.
    public static TerminalFacts ofProcess() {
        return new TerminalFacts(
                Boolean.getBoolean("fovea.terminal.out"),
                Boolean.getBoolean("fovea.terminal.err"),
                columns(System.getProperty("fovea.terminal.columns", "")),
                unicode(System.getProperty(
                        "stdout.encoding", Charset.defaultCharset().name())));
    }

    static int columns(String text) {
        try {
            int columns = Integer.parseInt(text.strip());
            return columns >= 20 ? columns : 80;
        } catch (NumberFormatException _) {
            return 80;
        }
    }

    private static boolean unicode(String encoding) {
        return encoding.equalsIgnoreCase(StandardCharsets.UTF_8.name());
    }
}
