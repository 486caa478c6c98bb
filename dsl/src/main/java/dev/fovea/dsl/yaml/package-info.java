/// YAML text to a small tree in which every node knows its line and column. Knows nothing of specs.
@NullMarked
package dev.fovea.dsl.yaml;

import org.jspecify.annotations.NullMarked;
