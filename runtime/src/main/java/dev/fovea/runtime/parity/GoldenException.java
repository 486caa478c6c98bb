package dev.fovea.runtime.parity;

/// Recorded files that cannot be used: damaged, incomplete, or of something that is not built.
public final class GoldenException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// A message that names the file and what is wrong with it.
    public GoldenException(String message) {
        super(message);
    }

    /// The same with a cause.
    public GoldenException(String message, Throwable cause) {
        super(message, cause);
    }
}
