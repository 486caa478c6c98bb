/// Checkpoints of others, in and out.
@org.jspecify.annotations.NullMarked
package dev.fovea.runtime.checkpoint;
