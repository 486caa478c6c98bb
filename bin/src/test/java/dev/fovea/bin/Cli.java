package dev.fovea.bin;

import dev.fovea.bin.terminal.TerminalFacts;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The command line in this process, in a folder of its own.
record Cli(Path folder, Map<String, String> environment, TerminalFacts terminal) {
    /// What time it is.
    static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    static Cli in(Path folder) {
        return new Cli(folder, Map.of(), TerminalFacts.none());
    }

    /// What a command said.
    record Said(int code, String out, String err) {
        List<String> lines() {
            return out.lines().toList();
        }

        /// The first line of the errors.
        String error() {
            return err.lines().findFirst().orElse("");
        }
    }

    Said run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Fovea.run(new Fovea(surroundings(out, err), noTraining(), Cli::noSignals), arguments);
        return new Said(code, out.toString(), err.toString());
    }

    static Training noTraining() {
        return (spec, options, listener) -> {
            throw new AssertionError("training was not asked for");
        };
    }

    static Signals noSignals(PrintWriter writer) {
        return new Signals(writer, () -> {});
    }

    Surroundings surroundings(StringWriter out, StringWriter err) {
        return new Surroundings(
                folder,
                environment,
                new PrintWriter(out),
                new PrintWriter(err),
                terminal,
                Clock.fixed(NOW, ZoneOffset.UTC));
    }

    Cli with(Map<String, String> variables) {
        return new Cli(folder, variables, terminal);
    }

    Cli onTerminal(int columns) {
        return new Cli(folder, environment, new TerminalFacts(true, true, columns, true));
    }

    /// Writes a small valid spec, after replacing a text in it.
    Path spec(String name, String replaced, String by) throws IOException {
        String text = smallSpec();
        if (!text.contains(replaced)) {
            throw new IllegalArgumentException("the small spec has no " + replaced);
        }
        return Files.writeString(folder.resolve(name), text.replace(replaced, by));
    }

    Path spec(String name) throws IOException {
        return spec(name, "", "");
    }

    static String smallSpec() throws IOException {
        try (InputStream text = Objects.requireNonNull(Cli.class.getResourceAsStream("small.yaml"))) {
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
