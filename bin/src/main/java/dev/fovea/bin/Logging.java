package dev.fovea.bin;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.logging.LogManager;

/// What libraries log: warnings only, one line each; with `-v` everything they find worth saying. The JDK makes
/// one of
/// this class when something logs for the first time, so quick verbs do not pay for it.
public final class Logging {
    private static final String LEVEL = "fovea.log.level";

    /// Configures the JDK's logging.
    ///
    /// @throws IOException never: the configuration is in memory
    public Logging() throws IOException {
        String configuration = """
                handlers = java.util.logging.ConsoleHandler
                .level = %s
                java.util.logging.ConsoleHandler.level = ALL
                java.util.logging.ConsoleHandler.formatter = java.util.logging.SimpleFormatter
                java.util.logging.SimpleFormatter.format = %%4$s: %%5$s (%%3$s)%%6$s%%n
                """.formatted(System.getProperty(LEVEL, "WARNING"));
        LogManager.getLogManager()
                .readConfiguration(new ByteArrayInputStream(configuration.getBytes(StandardCharsets.ISO_8859_1)));
    }

    /// Has the JDK's logging configured by this class when it begins.
    static void prepare(String... arguments) {
        for (String each : arguments) {
            if (each.equals("-v") || each.equals("--verbose")) {
                System.setProperty(LEVEL, "INFO");
            }
        }
        System.setProperty("java.util.logging.config.class", Logging.class.getName());
    }
}
