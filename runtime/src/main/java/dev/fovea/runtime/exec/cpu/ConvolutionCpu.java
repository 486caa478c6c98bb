package dev.fovea.runtime.exec.cpu;

import dev.fovea.runtime.exec.cpu.kernel.Blocks;
import dev.fovea.runtime.exec.cpu.kernel.Depthwise;
import dev.fovea.runtime.ir.ConvolutionOp;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.ir.Value;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Depthwise convolution. Scratch memory holds the weight with the channel last (k*k,C), or shares of its gradient
/// (blocks,k*k,C).
final class ConvolutionCpu {
    private ConvolutionCpu() {}

    static Step lower(ConvolutionOp.Forward op, List<Value> out, Lowering l) {
        return switch (op) {
            case ConvolutionOp.DepthwiseConvolution c -> {
                Depthwise kernel = kernel(c.x().shape(), c.rows(), c.columns(), c.kernel());
                yield convolve(kernel, l.of(out.getFirst()), l.of(c.x()), l.of(c.weight()), l.of(c.bias()), true, l);
            }
        };
    }

    static Step lower(ConvolutionOp.Backward op, List<Value> out, Lowering l) {
        return switch (op) {
            case ConvolutionOp.DepthwiseBackwardInput c -> {
                int side = c.weight().shape().dim(-1);
                Depthwise kernel = kernel(c.dy().shape(), c.rows(), c.columns(), side);
                MemorySegment weight = l.of(c.weight());
                yield convolve(kernel, l.of(out.getFirst()), l.of(c.dy()), weight, weight, false, l);
            }
            case ConvolutionOp.DepthwiseBackwardWeight c -> {
                int side = c.weight().dim(-1);
                Depthwise kernel = kernel(c.x().shape(), c.rows(), c.columns(), side);
                yield backwardWeight(kernel, l.of(out.getFirst()), l.of(c.x()), l.of(c.dy()), l);
            }
        };
    }

    private static Depthwise kernel(Shape x, int rows, int columns, int side) {
        return new Depthwise(x.dim(0), rows, columns, x.dim(2), side);
    }

    /// The forward convolution, or with the weight reversed and no bias the gradient of its input.
    private static Step convolve(
            Depthwise kernel,
            MemorySegment y,
            MemorySegment x,
            MemorySegment weight,
            MemorySegment bias,
            boolean forward,
            Lowering l) {
        int taps = kernel.kernel() * kernel.kernel();
        Scratch scratch = l.scratch();
        scratch.reserve((long) taps * kernel.channels());
        int line = Math.multiplyExact(kernel.columns() * kernel.channels(), taps);
        return l.rows(
                        taps,
                        kernel.channels(),
                        (from, to, _) -> kernel.turn(scratch.segment(), weight, !forward, from, to))
                .then(l.rows(
                        kernel.batch() * kernel.rows(),
                        line,
                        (from, to, _) -> kernel.forward(y, x, scratch.segment(), bias, forward, from, to)));
    }

    private static Step backwardWeight(
            Depthwise kernel, MemorySegment dweight, MemorySegment x, MemorySegment dy, Lowering l) {
        int taps = kernel.kernel() * kernel.kernel();
        int lines = kernel.batch() * kernel.rows();
        int blocks = Blocks.count(lines);
        Scratch scratch = l.scratch();
        long sums = (long) blocks * taps * kernel.channels();
        scratch.reserve(sums + (long) blocks * kernel.windowLength());
        int share = Math.multiplyExact(lines / blocks * taps, kernel.columns() * kernel.channels());
        return l.rows(blocks, share, (from, to, _) -> kernel.backwardWeight(scratch.segment(), sums, x, dy, from, to))
                .then(l.rows(
                        kernel.channels(),
                        taps * blocks,
                        (from, to, _) -> kernel.turnBack(dweight, scratch.segment(), blocks, from, to)));
    }
}
