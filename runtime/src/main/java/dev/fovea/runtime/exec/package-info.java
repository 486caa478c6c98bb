/// Running programs: the backend interface, and the reference backend that defines what the others must compute.
@NullMarked
package dev.fovea.runtime.exec;

import org.jspecify.annotations.NullMarked;
