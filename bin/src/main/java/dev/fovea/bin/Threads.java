package dev.fovea.bin;

import dev.fovea.dsl.spec.RunSpec;
import dev.fovea.runtime.train.Backends;
import org.jspecify.annotations.Nullable;

/// The option `--threads`, which several verbs have.
public final class Threads {
    private Threads() {}

    /// Worker threads: those of the option, else all cores.
    ///
    /// @param option what was given, or null
    /// @throws UserError if it is below 1
    public static int of(@Nullable Integer option) {
        if (option != null && option < 1) {
            throw new UserError(ExitCode.USAGE, "--threads " + option + ": must be at least 1");
        }
        return option == null ? Runtime.getRuntime().availableProcessors() : option;
    }

    /// Worker threads: those of the option, else those of the spec.
    ///
    /// @param option what was given, or null
    /// @throws UserError if it is below 1
    public static int of(@Nullable Integer option, RunSpec run) {
        return option == null ? Backends.threads(run) : of(option);
    }
}
