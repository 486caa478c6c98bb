/// Colour pictures of named things: read from icon sets, catalogued, drawn once and kept.
@NullMarked
package dev.fovea.datasets.sprites;

import org.jspecify.annotations.NullMarked;
