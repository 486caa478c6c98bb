package dev.fovea.datasets;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A picture with its captioned boxes.
///
/// @param key name of the example, unique within its split
/// @param regions boxes inside the picture; may be empty if there is a global caption
/// @param globalCaption caption of the whole picture, or null
public record Example(
        String key,
        Picture picture,
        List<Region> regions,
        @Nullable String globalCaption) {}
