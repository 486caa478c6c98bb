package dev.fovea.datasets;

/// One captioned box of a picture.
///
/// @param box where it is, in pixels of the picture
/// @param caption what is there, such as `a red apple`
/// @param concept the thing without its article; equals the caption where a corpus knows no concepts
/// @param style the family the drawing comes from; empty where a corpus knows no styles
/// @param tier its size class
public record Region(Box box, String caption, String concept, String style, Tier tier) {}
