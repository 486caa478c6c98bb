@NullMarked
package dev.fovea.runtime.bench;

import org.jspecify.annotations.NullMarked;
