package dev.fovea.dsl.spec;

/// Weights that a run starts from in place of random ones. Part of the run key by content: `sha256` and `strict`
/// enter it, the path does not.
///
/// @param from a PS3 folder, a SigLIP file or folder, a run folder or a checkpoint in it; relative to the spec's
///     folder
/// @param sha256 digest of the weights, 64 hexadecimal digits; checked before they are read
/// @param strict whether both towers must be complete and nothing may be left over
public record InitSpec(String from, String sha256, boolean strict) {}
