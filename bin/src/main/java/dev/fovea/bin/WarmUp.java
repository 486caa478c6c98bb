package dev.fovea.bin;

import dev.fovea.bin.terminal.TerminalFacts;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
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
        run(home, "validate", "experiments/quickstart.yaml");
        run(home, "validate", "--json", "experiments/quickstart.yaml");
        run(home, "show", "experiments/quickstart.yaml", "--origin", "seed=1");
        run(home, "show", "experiments/quickstart.yaml", "--section=model", "seedd=1");
        run(home, "status");
        run(home, "schema");
    }

    private static void run(Path home, String... arguments) {
        StringWriter nowhere = new StringWriter();
        Surroundings surroundings = new Surroundings(
                home,
                Map.of(),
                new PrintWriter(nowhere),
                new PrintWriter(nowhere),
                TerminalFacts.none(),
                Clock.systemUTC());
        Fovea.run(surroundings, arguments);
    }
}
