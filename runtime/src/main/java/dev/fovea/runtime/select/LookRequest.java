package dev.fovea.runtime.select;

/// How closely to look: how many rounds of high-resolution encoding, or how many tokens (ps3-spec 1.6).
public sealed interface LookRequest {
    /// At most `n` rounds of the full budget; 0 is the low-resolution pass alone.
    record Looks(int n) implements LookRequest {
        /// @throws IllegalArgumentException if `n` is negative
        public Looks {
            if (n < 0) {
                throw new IllegalArgumentException(n + " rounds; 0 or more, or all");
            }
        }
    }

    /// As many rounds as it takes to encode every patch that may be selected.
    record All() implements LookRequest {}

    /// At most `n` high-resolution tokens, in as few rounds as the budget allows.
    record Tokens(int n) implements LookRequest {
        /// @throws IllegalArgumentException if `n` is negative
        public Tokens {
            if (n < 0) {
                throw new IllegalArgumentException(n + " tokens; 0 or more");
            }
        }
    }

    /// `all`, or a number of rounds.
    ///
    /// @throws IllegalArgumentException if the text is neither
    static LookRequest looks(String text) {
        if (text.equals("all")) {
            return new All();
        }
        try {
            return new Looks(Integer.parseInt(text));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is neither a number of rounds nor all", e);
        }
    }
}
