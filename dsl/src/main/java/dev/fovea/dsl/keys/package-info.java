/// The keys of a spec: structure taken from the records in [dev.fovea.dsl.spec], meaning and limits from tables.
/// The reader, the JSON Schema and the guide all come from here.
@NullMarked
package dev.fovea.dsl.keys;

import org.jspecify.annotations.NullMarked;
