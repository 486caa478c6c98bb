/// Training: one run from a resolved spec to its results.
@NullMarked
package dev.fovea.runtime.train;

import org.jspecify.annotations.NullMarked;
