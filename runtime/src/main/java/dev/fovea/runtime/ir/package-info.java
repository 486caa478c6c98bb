/// The tensor IR: an immutable graph of coarse ops over dense, row-major values of static shape.
///
/// An op is a record that says its inputs, its shape rule, its meaning in double and, where gradients may pass, its
/// gradient. There are no views, no broadcasting beyond what an op states, and nothing is updated in place
/// except by
/// [dev.fovea.runtime.ir.UpdateOp]. Every kernel overwrites its outputs; adding gradients is always an `Add` node.
///
/// Legend of shape letters: B batch, N tokens, M cached tokens, K selected tokens, D width, H heads, R rows (all
/// leading
/// axes together), I inputs, O outputs, C channels, V table rows.
@NullMarked
package dev.fovea.runtime.ir;

import org.jspecify.annotations.NullMarked;
