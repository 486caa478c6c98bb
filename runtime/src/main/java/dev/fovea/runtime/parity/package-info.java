/// Comparison with recorded cases of the reference implementation: the checker behind `fovea parity`.
///
/// A folder of cases is read by [dev.fovea.runtime.parity.GoldenFolder]; each kind of case has one class that
/// implements [dev.fovea.runtime.parity.CaseCheck] and is listed in [dev.fovea.runtime.parity.Parity#CHECKS].
/// No class knows a case by its name: kinds are told by the recorded call and tensors, sizes and tolerances are
/// read.
@NullMarked
package dev.fovea.runtime.parity;

import org.jspecify.annotations.NullMarked;
