package dev.fovea.runtime.train;

/// A run that cannot go on, with one line for its user.
public final class RunException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// Classes of failure; they decide about exit code and about retrying.
    public enum Kind {
        /// the spec asks for something that does not fit together
        SPEC("spec"),
        /// a loss or gradient is not finite
        NOT_FINITE("nan"),
        /// memory ran out, or would
        OUT_OF_MEMORY("oom"),
        /// pictures or captions cannot be had
        DATA("data"),
        /// the run folder cannot be written or read
        STORAGE("storage"),
        /// the backend asked for is not there
        BACKEND("backend");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        /// The word used in journals.
        public String label() {
            return label;
        }
    }

    private final Kind kind;

    /// A failure with its message.
    public RunException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /// A failure with its message and what caused it.
    public RunException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /// What went wrong.
    public Kind kind() {
        return kind;
    }
}
