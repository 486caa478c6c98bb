package dev.fovea.runtime.exec.cpu;

import dev.fovea.runtime.exec.cpu.kernel.Blocks;
import dev.fovea.runtime.exec.cpu.kernel.ColumnSums;
import dev.fovea.runtime.exec.cpu.kernel.Gemm;
import dev.fovea.runtime.exec.cpu.kernel.Pointwise;
import dev.fovea.runtime.ir.LinearOp;
import dev.fovea.runtime.ir.Value;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Matrix products and sums over rows.
///
/// Legend: R rows, I inputs, O outputs, C columns.
final class LinearCpu {
    private LinearCpu() {}

    static Step lower(LinearOp.Forward op, List<Value> out, Lowering l) {
        return switch (op) {
            case LinearOp.Linear linear -> forward(linear, out.getFirst(), l);
            case LinearOp.Project project -> product(project.x(), project.w(), out.getFirst(), l);
        };
    }

    static Step lower(LinearOp.Backward op, List<Value> out, Lowering l) {
        return switch (op) {
            case LinearOp.LinearBackwardInput input -> product(input.dy(), input.w(), out.getFirst(), l);
            case LinearOp.LinearBackwardWeight weight -> backwardWeight(weight, out.getFirst(), l);
            case LinearOp.SumRows sum -> sumRows(sum, out.getFirst(), l);
        };
    }

    /// y (R,O) = x (R,I) wT + bias: the bias goes into y first, and the product is added to it
    private static Step forward(LinearOp.Linear op, Value output, Lowering l) {
        int inputs = op.x().shape().dim(-1);
        int rows = op.x().shape().rows();
        int outputs = op.w().shape().dim(0);
        Gemm gemm = l.engine().gemms().linear();
        MemorySegment y = l.of(output);
        MemorySegment x = l.of(op.x());
        MemorySegment w = l.of(op.w());
        Value b = op.bias();
        if (b == null) {
            return () ->
                    gemm.multiply(false, true, rows, outputs, inputs, x, 0, inputs, w, 0, inputs, y, 0, outputs, false);
        }
        MemorySegment bias = l.of(b);
        Step start = l.rows(rows, outputs, (from, to, _) -> Pointwise.repeatRow(y, bias, outputs, from, to));
        return start.then(() ->
                gemm.multiply(false, true, rows, outputs, inputs, x, 0, inputs, w, 0, inputs, y, 0, outputs, true));
    }

    /// y (R,C) = x (R,K) w (K,C): a projection, and dx = dy w of a linear layer
    private static Step product(Value left, Value right, Value output, Lowering l) {
        int inner = left.shape().dim(-1);
        int rows = left.shape().rows();
        int columns = output.shape().dim(-1);
        Gemm gemm = l.engine().gemms().linear();
        MemorySegment y = l.of(output);
        MemorySegment x = l.of(left);
        MemorySegment w = l.of(right);
        return () ->
                gemm.multiply(false, false, rows, columns, inner, x, 0, inner, w, 0, columns, y, 0, columns, false);
    }

    /// dw (O,I) = dyT (O,R) x (R,I)
    private static Step backwardWeight(LinearOp.LinearBackwardWeight op, Value output, Lowering l) {
        int inputs = op.x().shape().dim(-1);
        int rows = op.x().shape().rows();
        int outputs = op.dy().shape().dim(-1);
        Gemm gemm = l.engine().gemms().linear();
        MemorySegment dw = l.of(output);
        MemorySegment x = l.of(op.x());
        MemorySegment dy = l.of(op.dy());
        return () ->
                gemm.multiply(true, false, outputs, inputs, rows, dy, 0, outputs, x, 0, inputs, dw, 0, inputs, false);
    }

    private static Step sumRows(LinearOp.SumRows op, Value output, Lowering l) {
        int columns = output.shape().elements();
        int rows = op.x().shape().elements() / columns;
        return sumColumns(l.of(output), l.of(op.x()), rows, columns, l);
    }

    /// y (C) = the sum of the rows of x (R,C)
    static Step sumColumns(MemorySegment y, MemorySegment x, int rows, int columns, Lowering l) {
        int blocks = Blocks.count(rows);
        int items = blocks * ColumnSums.strips(columns);
        int grain = grain(rows, columns, items);
        if (blocks == 1) {
            return l.range(items, grain, (from, to, _) -> ColumnSums.blocks(y, x, rows, columns, 1, from, to));
        }
        Scratch scratch = l.scratch();
        scratch.reserve((long) blocks * columns);
        return l.range(
                        items,
                        grain,
                        (from, to, _) -> ColumnSums.blocks(scratch.segment(), x, rows, columns, blocks, from, to))
                .then(combine(y, 0, columns, columns, blocks, l));
    }

    /// The items of which one part of a sum over rows should hold at least so many.
    static int grain(int rows, int columns, int items) {
        return (int) Math.max(1, (1L << 14) * items / Math.max(1L, (long) rows * columns));
    }

    /// y (C) = the sum of `blocks` rows of the scratch memory, `stride` floats apart from float `offset` on
    static Step combine(MemorySegment y, long offset, int stride, int columns, int blocks, Lowering l) {
        Scratch scratch = l.scratch();
        return l.range(
                columns,
                Math.max(64, (1 << 14) / blocks),
                (from, to, _) -> ColumnSums.combine(y, 0, scratch.segment(), offset, stride, blocks, from, to));
    }
}
