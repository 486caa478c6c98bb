package dev.fovea.runtime.ir;

/// Argument checks whose message names the offending values.
public final class Check {
    private Check() {}

    /// Throws `IllegalArgumentException` with the formatted message unless `condition` holds.
    public static void that(boolean condition, String message, Object... args) {
        if (!condition) {
            throw new IllegalArgumentException(message.formatted(args));
        }
    }
}
