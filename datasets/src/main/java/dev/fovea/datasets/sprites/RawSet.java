package dev.fovea.datasets.sprites;

import java.util.List;
import java.util.Map;

/// The contents of one Iconify JSON file.
///
/// @param icons in the order of the file
/// @param aliases other name -> name, for aliases that do not turn the picture
record RawSet(List<RawIcon> icons, Map<String, String> aliases) {}
