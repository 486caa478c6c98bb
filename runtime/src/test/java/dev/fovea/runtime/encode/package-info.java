@NullMarked
package dev.fovea.runtime.encode;

import org.jspecify.annotations.NullMarked;
