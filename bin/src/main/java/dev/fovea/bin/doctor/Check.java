package dev.fovea.bin.doctor;

/// One thing that was looked at.
///
/// @param name what, in one word
/// @param state how it stands
/// @param fact what was found
/// @param hint what would put it right; empty where nothing need be done
public record Check(String name, State state, String fact, String hint) {
    /// How a thing stands.
    public enum State {
        /// as it should be
        GOOD,
        /// works, with less
        NOTE,
        /// must be put right before fovea can work
        BAD
    }

    /// As it should be.
    public static Check good(String name, String fact) {
        return new Check(name, State.GOOD, fact, "");
    }

    /// Works, with less.
    public static Check note(String name, String fact, String hint) {
        return new Check(name, State.NOTE, fact, hint);
    }

    /// Must be put right.
    public static Check bad(String name, String fact, String hint) {
        return new Check(name, State.BAD, fact, hint);
    }
}
