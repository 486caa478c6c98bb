/// Measurements of this machine and of this program on it: what `fovea bench` prints, and what predictions rest
/// on.
@NullMarked
package dev.fovea.runtime.bench;

import org.jspecify.annotations.NullMarked;
