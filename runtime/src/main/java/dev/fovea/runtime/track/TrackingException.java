package dev.fovea.runtime.track;

/// Why records could not be delivered. The message is one line without secrets.
final class TrackingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// What may help.
    enum Kind {
        /// no answer: try again later
        UNREACHABLE,
        /// an answer that is of no use, such as HTTP 500: try again later
        FAILING,
        /// the server understood and will not take this request, now or later
        REFUSED,
        /// the run is not there any more: begin it anew
        GONE,
        /// a person has to act: do not try again in this process
        STOPPED
    }

    private final Kind kind;

    TrackingException(Kind kind, String message) {
        super(message.lines().map(String::strip).reduce((a, b) -> a + " " + b).orElse(""));
        this.kind = kind;
    }

    Kind kind() {
        return kind;
    }

    /// The message, never null.
    String line() {
        return String.valueOf(getMessage());
    }
}
