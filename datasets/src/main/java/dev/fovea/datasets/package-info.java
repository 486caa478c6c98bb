@NullMarked
package dev.fovea.datasets;

import org.jspecify.annotations.NullMarked;
