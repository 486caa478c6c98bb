package dev.fovea.runtime.exec.cpu;

import dev.fovea.runtime.exec.cpu.kernel.Resampled;
import dev.fovea.runtime.ir.Cubic;
import dev.fovea.runtime.ir.PositionOp;
import dev.fovea.runtime.ir.Value;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Position embeddings of a larger grid. The taps are computed once, when the program is made.
final class PositionCpu {
    private PositionCpu() {}

    static Step lower(PositionOp.Forward op, List<Value> out, Lowering l) {
        return switch (op) {
            case PositionOp.PositionAt at -> {
                MemorySegment y = l.of(out.getFirst());
                MemorySegment table = l.of(at.table());
                MemorySegment indices = l.of(at.indices());
                Resampled resampled = resampled(at);
                int width = out.getFirst().shape().dim(-1);
                yield l.rows(
                        out.getFirst().shape().rows(),
                        width,
                        (from, to, _) -> resampled.forward(y, table, indices, width, from, to));
            }
        };
    }

    static Step lower(PositionOp.Backward op, List<Value> out, Lowering l) {
        return switch (op) {
            case PositionOp.PositionAtBackward at -> {
                MemorySegment dtable = l.of(out.getFirst());
                MemorySegment dy = l.of(at.dy());
                MemorySegment indices = l.of(at.of().indices());
                Resampled resampled = resampled(at.of());
                int width = out.getFirst().shape().dim(-1);
                int count = at.of().indices().shape().elements();
                yield l.rows(
                        out.getFirst().shape().rows(),
                        width,
                        (from, to, _) -> resampled.backward(dtable, dy, indices, count, width, from, to));
            }
        };
    }

    private static Resampled resampled(PositionOp.PositionAt op) {
        int side = op.side();
        int longer = Math.max(op.rows(), op.columns());
        int[] first = new int[longer];
        float[] weights = new float[4 * longer];
        for (int i = 0; i < longer; i++) {
            Cubic.Taps taps =
                    op.identity() ? new Cubic.Taps(i, new double[] {1, 0, 0, 0}) : Cubic.antialiased(i, side, longer);
            first[i] = taps.first();
            for (int k = 0; k < 4; k++) {
                weights[4 * i + k] = (float) taps.weights()[k];
            }
        }
        return new Resampled(first, weights, op.rows(), op.columns(), side);
    }
}
