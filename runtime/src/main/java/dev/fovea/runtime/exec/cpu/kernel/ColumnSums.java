package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOATS;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.ORDER;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.WIDTH;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/// Sums over the rows of a matrix in two steps, by [Blocks]: gradients of biases, scales and shifts.
///
/// Legend: R rows, C columns, K blocks, J strips of columns.
public final class ColumnSums {
    /// Columns that one item of the first step covers.
    private static final int STRIP = 512;

    private ColumnSums() {}

    /// J, the strips of `columns` columns: the first step has K * J items.
    public static int strips(int columns) {
        return Math.ceilDiv(columns, STRIP);
    }

    /// First step: partial (K,C) = for each block the sum over its rows of a (R,C); items `from` to `to` of K *
    /// J
    public static void blocks(
            MemorySegment partial, MemorySegment a, int rows, int columns, int blocks, int from, int to) {
        int strips = strips(columns);
        for (int item = from; item < to; item++) {
            int block = item / strips;
            int first = item % strips * STRIP;
            int end = Math.min(columns, first + STRIP);
            int firstRow = Blocks.start(rows, blocks, block);
            int endRow = Blocks.start(rows, blocks, block + 1);
            for (int c = first; c < end; c += WIDTH) {
                VectorMask<Float> in = FLOATS.indexInRange(c, end);
                FloatVector sum = FloatVector.zero(FLOATS);
                for (int r = firstRow; r < endRow; r++) {
                    long at = ((long) r * columns + c) << 2;
                    sum = sum.add(FloatVector.fromMemorySegment(FLOATS, a, at, ORDER, in));
                }
                sum.intoMemorySegment(partial, ((long) block * columns + c) << 2, ORDER, in);
            }
        }
    }

    /// First step for products: as [#blocks] of a (R,C) * b (R,C)
    public static void productBlocks(
            MemorySegment partial,
            MemorySegment a,
            MemorySegment b,
            int rows,
            int columns,
            int blocks,
            int from,
            int to) {
        int strips = strips(columns);
        for (int item = from; item < to; item++) {
            int block = item / strips;
            int first = item % strips * STRIP;
            int end = Math.min(columns, first + STRIP);
            int firstRow = Blocks.start(rows, blocks, block);
            int endRow = Blocks.start(rows, blocks, block + 1);
            for (int c = first; c < end; c += WIDTH) {
                VectorMask<Float> in = FLOATS.indexInRange(c, end);
                FloatVector sum = FloatVector.zero(FLOATS);
                for (int r = firstRow; r < endRow; r++) {
                    long at = ((long) r * columns + c) << 2;
                    sum = FloatVector.fromMemorySegment(FLOATS, a, at, ORDER, in)
                            .fma(FloatVector.fromMemorySegment(FLOATS, b, at, ORDER, in), sum);
                }
                sum.intoMemorySegment(partial, ((long) block * columns + c) << 2, ORDER, in);
            }
        }
    }

    /// Second step: y (C), starting at float `yAt`, = the sum over the blocks of partial, which lie `stride`
    /// floats apart starting at float `offset`; columns `from` to `to`
    public static void combine(
            MemorySegment y, long yAt, MemorySegment partial, long offset, int stride, int blocks, int from, int to) {
        for (int c = from; c < to; c += WIDTH) {
            VectorMask<Float> in = FLOATS.indexInRange(c, to);
            FloatVector sum = FloatVector.zero(FLOATS);
            for (int k = 0; k < blocks; k++) {
                long at = (offset + (long) k * stride + c) << 2;
                sum = sum.add(FloatVector.fromMemorySegment(FLOATS, partial, at, ORDER, in));
            }
            sum.intoMemorySegment(y, (yAt + c) << 2, ORDER, in);
        }
    }
}
