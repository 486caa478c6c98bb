package dev.fovea.datasets;

/// The data as a whole cannot be used: one clear line for the user says what, where and what would be right.
public final class DataException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// @param message one line
    public DataException(String message) {
        super(message);
    }

    /// @param message one line
    public DataException(String message, Throwable cause) {
        super(message, cause);
    }
}
