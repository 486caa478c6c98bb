package dev.fovea.bin;

/// Something the user can put right: told in one line, never with a stack trace (unless `-v` asks for it).
public final class UserError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ExitCode exitCode;

    /// @param message what is wrong, where, and what would be right
    public UserError(ExitCode exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /// @param message what is wrong, where, and what would be right
    /// @param cause shown only with `-v`
    public UserError(ExitCode exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /// What the process ends with.
    public ExitCode exitCode() {
        return exitCode;
    }
}
