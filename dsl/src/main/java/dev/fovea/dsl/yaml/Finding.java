package dev.fovea.dsl.yaml;

import org.jspecify.annotations.Nullable;

/// Something that a reader of the text should know: what, where, and what would be right.
///
/// @param path dotted key, empty for the text as a whole
/// @param hint what would be right, or null
public record Finding(
        Mark mark, String path, String message, @Nullable String hint) {}
