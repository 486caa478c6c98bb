package dev.fovea.bin;

import dev.fovea.bin.terminal.TerminalFacts;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;

/// Runs the quick verbs once, so that the JVM can record the classes they load (see bin/build.sh).
final class WarmUp {
    private WarmUp() {}

    /// Takes no arguments; what the verbs print goes nowhere.
    public static void main(String[] arguments) {
        Path home = Path.of(System.getProperty("fovea.home", ""));
        run(home, "--version");
        run(home, "--help");
        run(home, "runn");
    }

    private static void run(Path home, String... arguments) {
        StringWriter nowhere = new StringWriter();
        Surroundings surroundings = new Surroundings(
                home, Map.of(), new PrintWriter(nowhere), new PrintWriter(nowhere), TerminalFacts.none());
        Fovea.run(surroundings, arguments);
    }
}
