package dev.fovea.bin.bench;

import dev.fovea.bin.ExitCode;
import dev.fovea.bin.Threads;
import dev.fovea.bin.UserError;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What every bench may be told.
final class BenchOptions {
    @Option(names = "--json", paramLabel = "FILE", description = "also write the measurements as JSON")
    @Nullable
    Path json;

    @Option(
            names = "--compare",
            paramLabel = "FILE",
            description = "compare with what --json wrote earlier: ratios now/before, and which are beyond the noise")
    @Nullable
    Path compare;

    @Option(names = "--threads", paramLabel = "N", description = "worker threads (default: all cores)")
    private @Nullable Integer threads;

    @Option(names = "--filter", paramLabel = "TEXT", description = "only what has TEXT in its name")
    private String filter = "";

    @Option(names = "--quick", description = "fewer and shorter rounds: a look, not a result")
    boolean quick;

    /// Worker threads, at least 1.
    ///
    /// @throws UserError if the option makes no sense
    int threads() {
        return Threads.of(threads);
    }

    /// Whether a measurement is wanted; upper and lower case are the same.
    boolean wants(String name) {
        return name.toLowerCase(Locale.ROOT).contains(filter.toLowerCase(Locale.ROOT));
    }

    /// What to say when nothing is wanted.
    UserError nothing() {
        return new UserError(ExitCode.USAGE, "--filter " + filter + ": nothing has that in its name");
    }
}
