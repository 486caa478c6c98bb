package dev.fovea.datasets.sprites;

import java.util.List;

/// A named thing and its drawings.
///
/// @param name in words, such as `red apple`
/// @param thing whether it is an object, animal, food, place or the like, not a face, person or symbol
/// @param sprites at most one a style, in the order of the library's sets
public record Concept(String name, boolean thing, List<Sprite> sprites) {}
