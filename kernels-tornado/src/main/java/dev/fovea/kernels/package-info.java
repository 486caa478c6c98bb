@NullMarked
package dev.fovea.kernels;

import org.jspecify.annotations.NullMarked;
