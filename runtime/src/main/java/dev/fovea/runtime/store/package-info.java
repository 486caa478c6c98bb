/// Files of a run: tensors in safetensors, checkpoints, the facts of the environment, result tables in Arrow.
@NullMarked
package dev.fovea.runtime.store;

import org.jspecify.annotations.NullMarked;
