/// Rules of the whole project that a compiler does not know.
@NullMarked
package dev.fovea.bin.architecture;

import org.jspecify.annotations.NullMarked;
