/// Memory of the process: what the machine has, what a run will take, and what it took.
@NullMarked
package dev.fovea.runtime.memory;

import org.jspecify.annotations.NullMarked;
