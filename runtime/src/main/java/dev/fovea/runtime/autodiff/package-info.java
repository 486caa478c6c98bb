/// Reverse-mode differentiation as a graph-to-graph step.
@NullMarked
package dev.fovea.runtime.autodiff;

import org.jspecify.annotations.NullMarked;
