package dev.fovea.datasets.sprites;

/// One icon as an Iconify set defines it.
///
/// @param name name in the set, such as `red-apple`
/// @param body SVG elements without the root
/// @param category the set's own category, or empty
/// @param view the view box
/// @param hidden whether the set has retired it
record RawIcon(String name, String body, String category, Sprite.View view, boolean hidden) {}
