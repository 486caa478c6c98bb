package dev.fovea.datasets.scenes;

import dev.fovea.datasets.sprites.Sprite;
import java.util.List;

/// A concept that a split may show, and the drawings it may use.
///
/// @param concept in words
/// @param caption with its article
/// @param sprites one a style, at least one
record Choice(String concept, String caption, List<Sprite> sprites) {}
