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

    /// What the launcher found out, or a guess from the console where it was not used.
    public static TerminalFacts ofProcess() {
        boolean console = System.console() != null;
        return new TerminalFacts(
                flag("fovea.terminal.out", console),
                flag("fovea.terminal.err", console),
                columns(System.getProperty("fovea.terminal.columns", "")),
                unicode(System.getProperty("stdout.encoding", Charset.defaultCharset().name())));
    }

    private static boolean flag(String name, boolean otherwise) {
        String value = System.getProperty(name);
        return value == null ? otherwise : Boolean.parseBoolean(value);
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
