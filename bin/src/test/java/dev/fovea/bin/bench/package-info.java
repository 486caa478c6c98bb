@NullMarked
package dev.fovea.bin.bench;

import org.jspecify.annotations.NullMarked;
