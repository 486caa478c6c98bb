package dev.fovea.datasets;

/// Text to token ids.
public interface Tokenizer {
    /// Number of ids: the text tower's embedding needs at least as many rows.
    int size();

    /// The ids of a text: its tokens, an end token, padding up to `context`. A text too long loses its tail, never
    /// the end token. The model attends to padding and reads the last position, as the reference does.
    ///
    /// @param context length of the result, at least 1
    int[] encode(String text, int context);

    /// A short name for people, such as `words-312`.
    String name();
}
