/// Specs: YAML text to a typed, checked, resolved experiment with a run key. Begin at [dev.fovea.dsl.SpecReader].
@NullMarked
package dev.fovea.dsl;

import org.jspecify.annotations.NullMarked;
