package dev.fovea.runtime.exec.cpu;

import dev.fovea.runtime.exec.cpu.kernel.Blocks;
import dev.fovea.runtime.exec.cpu.kernel.ColumnSums;
import dev.fovea.runtime.exec.cpu.kernel.Gelu;
import dev.fovea.runtime.exec.cpu.kernel.Pointwise;
import dev.fovea.runtime.ir.PointwiseOp;
import dev.fovea.runtime.ir.Value;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Ops on single elements, and on rows by one number.
///
/// Legend: S any shape, R rows, C columns.
final class PointwiseCpu {
    private PointwiseCpu() {}

    static Step lower(PointwiseOp.Forward op, List<Value> out, Lowering l) {
        Value output = out.getFirst();
        MemorySegment y = l.of(output);
        int elements = output.shape().elements();
        return switch (op) {
            case PointwiseOp.Add add -> {
                MemorySegment a = l.of(add.a());
                MemorySegment b = l.of(add.b());
                yield l.elements(elements, (from, to) -> Pointwise.add(y, a, b, from, to));
            }
            case PointwiseOp.Scale scale -> {
                MemorySegment x = l.of(scale.x());
                float factor = (float) scale.factor();
                yield l.elements(elements, (from, to) -> Pointwise.scale(y, x, factor, from, to));
            }
            case PointwiseOp.Gelu gelu -> gelu(gelu, y, elements, l);
            case PointwiseOp.ScaleChannels scale -> scaleColumns(y, l.of(scale.x()), l.of(scale.scale()), scale.x(), l);
            case PointwiseOp.SelectionProbability p -> probability(p, y, elements, l);
            case PointwiseOp.WhereRows where -> {
                MemorySegment flags = l.of(where.rows());
                MemorySegment a = l.of(where.a());
                MemorySegment b = l.of(where.b());
                int columns = output.shape().dim(-1);
                yield l.rows(
                        elements / columns,
                        columns,
                        (from, to, _) -> Pointwise.whereRows(y, flags, a, b, columns, from, to));
            }
        };
    }

    static Step lower(PointwiseOp.Backward op, List<Value> out, Lowering l) {
        return switch (op) {
            case PointwiseOp.GeluBackward gelu -> geluBackward(gelu, out.getFirst(), l);
            case PointwiseOp.ScaleChannelsBackward scale -> scaleBackward(scale, out, l);
            case PointwiseOp.SelectionProbabilityBackward p -> probabilityBackward(p, out.getFirst(), l);
            case PointwiseOp.WhereRowsBackward where -> {
                MemorySegment da = l.of(out.get(0));
                MemorySegment db = l.of(out.get(1));
                MemorySegment flags = l.of(where.rows());
                MemorySegment dy = l.of(where.dy());
                int columns = where.dy().shape().dim(-1);
                yield l.rows(
                        where.dy().shape().rows(),
                        columns,
                        (from, to, _) -> Pointwise.whereRowsBackward(da, db, flags, dy, columns, from, to));
            }
        };
    }

    private static Step gelu(PointwiseOp.Gelu op, MemorySegment y, int elements, Lowering l) {
        MemorySegment x = l.of(op.x());
        return switch (op.kind()) {
            case ERF -> l.elements(elements, (from, to) -> Gelu.exact(y, x, from, to));
            case TANH -> l.elements(elements, (from, to) -> Gelu.tanh(y, x, from, to));
        };
    }

    private static Step geluBackward(PointwiseOp.GeluBackward op, Value output, Lowering l) {
        MemorySegment dx = l.of(output);
        MemorySegment x = l.of(op.x());
        MemorySegment dy = l.of(op.dy());
        int elements = output.shape().elements();
        return switch (op.kind()) {
            case ERF -> l.elements(elements, (from, to) -> Gelu.exactBackward(dx, x, dy, from, to));
            case TANH -> l.elements(elements, (from, to) -> Gelu.tanhBackward(dx, x, dy, from, to));
        };
    }

    private static Step scaleColumns(MemorySegment y, MemorySegment x, MemorySegment scale, Value matrix, Lowering l) {
        int columns = matrix.shape().dim(-1);
        return l.rows(
                matrix.shape().rows(),
                columns,
                (from, to, _) -> Pointwise.scaleColumns(y, x, scale, columns, from, to));
    }

    private static Step scaleBackward(PointwiseOp.ScaleChannelsBackward op, List<Value> out, Lowering l) {
        MemorySegment x = l.of(op.x());
        MemorySegment dy = l.of(op.dy());
        int columns = op.x().shape().dim(-1);
        int rows = op.x().shape().rows();
        int blocks = Blocks.count(rows);
        int items = blocks * ColumnSums.strips(columns);
        Scratch scratch = l.scratch();
        scratch.reserve((long) blocks * columns);
        return scaleColumns(l.of(out.get(0)), dy, l.of(op.scale()), op.x(), l)
                .then(l.range(
                        items,
                        LinearCpu.grain(rows, columns, items),
                        (from, to, _) ->
                                ColumnSums.productBlocks(scratch.segment(), dy, x, rows, columns, blocks, from, to)))
                .then(LinearCpu.combine(l.of(out.get(1)), 0, columns, columns, blocks, l));
    }

    private static Step probability(PointwiseOp.SelectionProbability op, MemorySegment p, int elements, Lowering l) {
        MemorySegment a = l.of(op.a());
        MemorySegment b = second(op, l);
        float factor = (float) (op.temperature() / 2);
        float limit = (float) PointwiseOp.SelectionProbability.LIMIT;
        return l.elements(elements, (from, to) -> Pointwise.probability(p, a, b, factor, limit, from, to));
    }

    private static Step probabilityBackward(PointwiseOp.SelectionProbabilityBackward op, Value output, Lowering l) {
        MemorySegment d = l.of(output);
        MemorySegment a = l.of(op.of().a());
        MemorySegment b = second(op.of(), l);
        MemorySegment dy = l.of(op.dy());
        float factor = (float) (op.of().temperature() / 2);
        float slope = op.of().b() == null ? 2 * factor : factor;
        float limit = (float) PointwiseOp.SelectionProbability.LIMIT;
        return l.elements(
                output.shape().elements(),
                (from, to) -> Pointwise.probabilityBackward(d, a, b, dy, factor, slope, limit, from, to));
    }

    /// The second input; the first again where there is none, which makes the mean of the two that one.
    private static MemorySegment second(PointwiseOp.SelectionProbability op, Lowering l) {
        Value b = op.b();
        return l.of(b == null ? op.a() : b);
    }
}
