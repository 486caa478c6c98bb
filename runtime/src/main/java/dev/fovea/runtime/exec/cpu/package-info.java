/// The CPU backend: float32 on the Vector API, all cores.
///
/// One class per op family turns an op into a [dev.fovea.runtime.exec.cpu.Step], which holds the memory and
/// sizes it works on, so that running a program allocates nothing. The arithmetic is in the package `kernel`
/// below, which knows nothing of graphs.
@NullMarked
package dev.fovea.runtime.exec.cpu;

import org.jspecify.annotations.NullMarked;
