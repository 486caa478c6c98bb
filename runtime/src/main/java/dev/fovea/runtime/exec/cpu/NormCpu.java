package dev.fovea.runtime.exec.cpu;

import dev.fovea.runtime.exec.cpu.kernel.Blocks;
import dev.fovea.runtime.exec.cpu.kernel.LayerNorm;
import dev.fovea.runtime.exec.cpu.kernel.Unit;
import dev.fovea.runtime.ir.NormOp;
import dev.fovea.runtime.ir.Value;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Normalisation over the last axis.
///
/// Legend: R rows, D width.
final class NormCpu {
    private NormCpu() {}

    static Step lower(NormOp.Forward op, List<Value> out, Lowering l) {
        MemorySegment y = l.of(out.getFirst());
        int width = out.getFirst().shape().dim(-1);
        int rows = out.getFirst().shape().rows();
        return switch (op) {
            case NormOp.LayerNorm norm -> {
                MemorySegment x = l.of(norm.x());
                MemorySegment gamma = l.of(norm.gamma());
                MemorySegment beta = l.of(norm.beta());
                float eps = (float) norm.eps();
                yield l.rows(rows, width, (from, to, _) -> LayerNorm.forward(y, x, gamma, beta, width, eps, from, to));
            }
            case NormOp.Normalize norm -> {
                MemorySegment x = l.of(norm.x());
                float eps = (float) norm.eps();
                yield l.rows(rows, width, (from, to, _) -> Unit.forward(y, x, width, eps, from, to));
            }
        };
    }

    static Step lower(NormOp.Backward op, List<Value> out, Lowering l) {
        return switch (op) {
            case NormOp.LayerNormBackward norm -> layerNorm(norm, out, l);
            case NormOp.NormalizeBackward norm -> {
                MemorySegment dx = l.of(out.getFirst());
                MemorySegment x = l.of(norm.x());
                MemorySegment dy = l.of(norm.dy());
                float eps = (float) norm.eps();
                int width = norm.x().shape().dim(-1);
                yield l.rows(
                        norm.x().shape().rows(),
                        width,
                        (from, to, _) -> Unit.backward(dx, x, dy, width, eps, from, to));
            }
        };
    }

    /// Each block of rows leaves its shares of dgamma and dbeta side by side; they are added at the end.
    private static Step layerNorm(NormOp.LayerNormBackward op, List<Value> out, Lowering l) {
        MemorySegment dx = l.of(out.get(0));
        MemorySegment x = l.of(op.x());
        MemorySegment gamma = l.of(op.gamma());
        MemorySegment dy = l.of(op.dy());
        float eps = (float) op.eps();
        int width = op.x().shape().dim(-1);
        int rows = op.x().shape().rows();
        int blocks = Blocks.count(rows);
        Scratch scratch = l.scratch();
        scratch.reserve(2L * blocks * width);
        Step first = l.range(blocks, LinearCpu.grain(rows, width, blocks), (from, to, _) -> {
            for (int k = from; k < to; k++) {
                LayerNorm.backward(
                        dx,
                        scratch.segment(),
                        2L * k * width,
                        x,
                        gamma,
                        dy,
                        width,
                        eps,
                        Blocks.start(rows, blocks, k),
                        Blocks.start(rows, blocks, k + 1));
            }
        });
        return first.then(LinearCpu.combine(l.of(out.get(1)), 0, 2 * width, width, blocks, l))
                .then(LinearCpu.combine(l.of(out.get(2)), width, 2 * width, width, blocks, l));
    }
}
