package dev.fovea.runtime.exec.cpu;

import dev.fovea.runtime.exec.cpu.kernel.Pointwise;
import dev.fovea.runtime.exec.cpu.kernel.Rows;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.ir.TokenOp;
import dev.fovea.runtime.ir.Value;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Joining, cutting and looking up rows.
final class TokenCpu {
    private TokenCpu() {}

    static Step lower(TokenOp.Forward op, List<Value> out, Lowering l) {
        Value output = out.getFirst();
        return switch (op) {
            case TokenOp.AddRows add -> addRows(add, output, l);
            case TokenOp.Gather gather -> gather(gather, output, l);
            case TokenOp.Concat concat -> concat(concat, output, l);
            case TokenOp.AtHighest at -> atHighest(at, output, l);
            case TokenOp.Slice slice -> {
                MemorySegment y = l.of(output);
                MemorySegment x = l.of(slice.x());
                int outer = outer(slice.x().shape(), slice.axis());
                int whole = slice.x().shape().elements() / outer;
                int part = output.shape().elements() / outer;
                int at = whole / slice.x().shape().dim(slice.axis()) * slice.from();
                yield l.rows(outer, part, (from, to, _) -> Rows.extract(y, x, whole, part, at, from, to));
            }
        };
    }

    static Step lower(TokenOp.Backward op, List<Value> out, Lowering l) {
        Value output = out.getFirst();
        return switch (op) {
            case TokenOp.GatherBackward gather -> gatherBackward(gather, output, l);
            case TokenOp.AtHighestBackward at -> atHighestBackward(at, output, l);
            case TokenOp.Pad pad -> {
                MemorySegment y = l.of(output);
                MemorySegment x = l.of(pad.x());
                int outer = outer(pad.x().shape(), pad.axis());
                int whole = output.shape().elements() / outer;
                int part = pad.x().shape().elements() / outer;
                int at = whole / pad.total() * pad.from();
                yield l.rows(outer, whole, (from, to, _) -> Rows.pad(y, x, whole, part, at, from, to));
            }
        };
    }

    /// How often the runs along an axis repeat.
    private static int outer(Shape shape, int axis) {
        int outer = 1;
        for (int i = 0; i < axis; i++) {
            outer *= shape.dim(i);
        }
        return outer;
    }

    private static Step addRows(TokenOp.AddRows op, Value output, Lowering l) {
        MemorySegment y = l.of(output);
        MemorySegment x = l.of(op.x());
        MemorySegment rows = l.of(op.rows());
        int width = output.shape().dim(-1);
        int period = op.rows().shape().elements() / width;
        return l.rows(
                output.shape().rows(), width, (from, to, _) -> Pointwise.addRows(y, x, rows, period, width, from, to));
    }

    private static Step gather(TokenOp.Gather op, Value output, Lowering l) {
        MemorySegment y = l.of(output);
        MemorySegment table = l.of(op.table());
        MemorySegment indices = l.of(op.indices());
        int width = output.shape().dim(-1);
        int tableRows = op.table().shape().rows();
        return l.rows(
                output.shape().rows(),
                width,
                (from, to, _) -> Rows.gather(y, table, indices, tableRows, width, from, to));
    }

    private static Step gatherBackward(TokenOp.GatherBackward op, Value output, Lowering l) {
        MemorySegment dtable = l.of(output);
        MemorySegment dy = l.of(op.dy());
        MemorySegment indices = l.of(op.indices());
        int width = output.shape().dim(-1);
        int tableRows = output.shape().rows();
        int count = op.indices().shape().elements();
        return l.rows(
                tableRows,
                width,
                (from, to, _) -> Rows.gatherBackward(dtable, dy, indices, tableRows, count, width, from, to));
    }

    private static Step concat(TokenOp.Concat op, Value output, Lowering l) {
        MemorySegment y = l.of(output);
        int outer = outer(output.shape(), op.axis());
        int whole = output.shape().elements() / outer;
        Step all = () -> {};
        int at = 0;
        for (Value value : op.parts()) {
            MemorySegment x = l.of(value);
            int part = value.shape().elements() / outer;
            int start = at;
            all = all.then(l.rows(outer, part, (from, to, _) -> Rows.insert(y, x, whole, part, start, from, to)));
            at += part;
        }
        return all;
    }

    private static Step atHighest(TokenOp.AtHighest op, Value output, Lowering l) {
        MemorySegment y = l.of(output);
        MemorySegment x = l.of(op.x());
        MemorySegment tokens = l.of(op.tokens());
        int count = op.x().shape().dim(1);
        int width = output.shape().dim(-1);
        return l.rows(
                output.shape().rows(), width, (from, to, _) -> Rows.atHighest(y, x, tokens, count, width, from, to));
    }

    private static Step atHighestBackward(TokenOp.AtHighestBackward op, Value output, Lowering l) {
        MemorySegment dx = l.of(output);
        MemorySegment dy = l.of(op.dy());
        MemorySegment tokens = l.of(op.tokens());
        int count = output.shape().dim(1);
        int width = output.shape().dim(-1);
        return l.rows(
                output.shape().dim(0),
                count * width,
                (from, to, _) -> Rows.atHighestBackward(dx, dy, tokens, count, width, from, to));
    }
}
