package dev.fovea.datasets.sprites;

/// A family of icons by one team.
///
/// @param name name of the set and of the style, such as `noto`
/// @param design drawings shared with other sets carry the same design; a design is held out as a whole
/// @param numbered whether names end in the number of a variant, as in `bathtub-2`
public record IconSet(String name, String design, boolean numbered) {}
