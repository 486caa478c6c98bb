package dev.fovea.datasets.sprites;

/// One drawing of a concept.
///
/// @param id position in the catalogue
/// @param style name of the icon set
/// @param name name of the icon there
/// @param view the icon's view box
/// @param offset where its SVG body starts in the catalogue's file
/// @param length bytes of the body
public record Sprite(int id, String style, String name, View view, long offset, int length) {
    /// A view box in the icon's own units.
    public record View(double left, double top, double width, double height) {}
}
