/// Checkpoints that others read and write: the Hugging Face layout of PS3, SigLIP files in both common layouts,
/// and our own runs, as one thing with a configuration and named weights.
@NullMarked
package dev.fovea.runtime.checkpoint;

import org.jspecify.annotations.NullMarked;
