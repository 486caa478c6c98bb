@NullMarked
package dev.fovea.bin;

import org.jspecify.annotations.NullMarked;
