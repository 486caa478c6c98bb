package dev.fovea.datasets;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is known of an example without decoding or drawing its picture.
///
/// @param key as in the [Example]
/// @param captions one a region, in the order of the example's regions
/// @param tiers size classes in the same order
/// @param globalCaption caption of the whole picture, or null
public record Outline(
        String key,
        List<String> captions,
        List<Tier> tiers,
        @Nullable String globalCaption) {}
