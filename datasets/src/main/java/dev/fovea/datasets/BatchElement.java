package dev.fovea.datasets;

import java.util.List;

/// What one element of a batch shows.
///
/// @param key key of the example
/// @param caption the text behind the tokens, after processing
/// @param boxes the captioned boxes in pixels of the element's square picture; the whole picture if global
/// @param concept of the first box; empty for a global caption
/// @param style of the first box; empty for a global caption
/// @param global whether the caption is that of the whole picture
public record BatchElement(String key, String caption, List<Box> boxes, String concept, String style, boolean global) {
    /// The smallest box around all boxes.
    public Box box() {
        return boxes.stream().reduce(Box::union).orElseThrow();
    }
}
