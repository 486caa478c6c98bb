/// The life of a run: programs of pre-training, the loop, evaluation, what is left behind.
@NullMarked
package dev.fovea.runtime.train;

import org.jspecify.annotations.NullMarked;
