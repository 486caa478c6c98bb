/// The float32 kernels of the CPU backend: plain functions over off-heap arrays, with no knowledge of graphs.
///
/// Every array is a `MemorySegment` of 32-bit floats (or 32-bit integers where the name says index) in native
/// byte order. Arguments come in the order outputs, inputs, sizes, and for functions which run on part of the
/// work the range `from` (inclusive), `to` (exclusive) last. Every kernel overwrites its outputs; adding
/// gradients is always a step of its own. Kernels allocate at most an array of one vector's length a call: what
/// else they need beside their arguments they are handed or made with.
///
/// The value of an element never depends on how the work was divided, so results do not depend on the number of
/// threads.
@NullMarked
package dev.fovea.runtime.exec.cpu.kernel;

import org.jspecify.annotations.NullMarked;
