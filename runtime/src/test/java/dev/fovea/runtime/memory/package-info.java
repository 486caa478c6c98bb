/// Tests of the memory forecast.
@NullMarked
package dev.fovea.runtime.memory;

import org.jspecify.annotations.NullMarked;
