@NullMarked
package dev.fovea.runtime.track;

import org.jspecify.annotations.NullMarked;
