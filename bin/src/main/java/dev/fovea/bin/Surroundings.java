package dev.fovea.bin;

import dev.fovea.bin.terminal.TerminalFacts;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/// The outer world as a verb sees it, so that tests can put another in its place.
///
/// @param directory folder that relative paths start from
/// @param environment variables of the process
/// @param out results
/// @param err progress, notes and errors
/// @param terminal where the two go
/// @param clock the time of day
public record Surroundings(
        Path directory,
        Map<String, String> environment,
        PrintWriter out,
        PrintWriter err,
        TerminalFacts terminal,
        Clock clock) {
    /// Those of this process.
    public static Surroundings ofProcess() {
        return new Surroundings(
                Path.of("").toAbsolutePath(),
                Map.copyOf(System.getenv()),
                writer(System.out, System.getProperty("stdout.encoding")),
                writer(System.err, System.getProperty("stderr.encoding")),
                TerminalFacts.ofProcess(),
                Clock.systemUTC());
    }

    private static PrintWriter writer(PrintStream stream, String encoding) {
        Charset charset = encoding == null ? Charset.defaultCharset() : Charset.forName(encoding);
        return new PrintWriter(new OutputStreamWriter(stream, charset), false);
    }
}
