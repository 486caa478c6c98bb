package dev.fovea.bin;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Libraries stay silent unless they warn or are asked. In a process of its own, as logging is set up once in each.
class LoggingTest {
    /// Logs a line of each kind.
    static final class Talker {
        /// Arguments as of `fovea`.
        public static void main(String[] arguments) {
            Logging.prepare(arguments);
            System.Logger logger = System.getLogger("library");
            logger.log(System.Logger.Level.INFO, "chatter");
            logger.log(System.Logger.Level.WARNING, "trouble");
        }
    }

    @ParameterizedTest
    @CsvSource({"status, 'WARNING: trouble (library)'", "-v, 'INFO: chatter (library)\nWARNING: trouble (library)'"})
    void warningsOnlyUnlessAsked(String argument, String expected) throws Exception {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Talker.class.getName(),
                argument);
        Process process = new ProcessBuilder(command).start();
        String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        assertThat(said.strip()).isEqualTo(expected);
    }
}
