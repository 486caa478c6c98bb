package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOAT;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOATS;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.ORDER;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.WIDTH;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Sums over the rows of a matrix in two steps, by [Blocks]: gradients of biases, scales and shifts.
///
/// Legend: R rows, C columns, K blocks, J strips of columns.
public final class ColumnSums {
    /// Columns that one item of the first step covers; a multiple of every vector width.
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
            long source = (long) Blocks.start(rows, blocks, block) * columns + first;
            int count = Blocks.start(rows, blocks, block + 1) - Blocks.start(rows, blocks, block);
            int width = Math.min(columns - first, STRIP);
            sum(partial, (long) block * columns + first, a, source, columns, count, width);
        }
    }

    /// y at `yAt` = the sum of `count` runs of `width` floats of a, `stride` apart, the first at `at`
    private static void sum(MemorySegment y, long yAt, MemorySegment a, long at, int stride, int count, int width) {
        int c = 0;
        for (; c <= width - WIDTH; c += WIDTH) {
            FloatVector sum = FloatVector.zero(FLOATS);
            for (int r = 0; r < count; r++) {
                sum = sum.add(FloatVector.fromMemorySegment(FLOATS, a, (at + (long) r * stride + c) << 2, ORDER));
            }
            sum.intoMemorySegment(y, (yAt + c) << 2, ORDER);
        }
        for (; c < width; c++) {
            float sum = 0f;
            for (int r = 0; r < count; r++) {
                sum += a.getAtIndex(FLOAT, at + (long) r * stride + c);
            }
            y.setAtIndex(FLOAT, yAt + c, sum);
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
            long source = (long) Blocks.start(rows, blocks, block) * columns + first;
            int count = Blocks.start(rows, blocks, block + 1) - Blocks.start(rows, blocks, block);
            int width = Math.min(columns - first, STRIP);
            sumProduct(partial, (long) block * columns + first, a, b, source, columns, count, width);
        }
    }

    private static void sumProduct(
            MemorySegment y, long yAt, MemorySegment a, MemorySegment b, long at, int stride, int count, int width) {
        int c = 0;
        for (; c <= width - WIDTH; c += WIDTH) {
            FloatVector sum = FloatVector.zero(FLOATS);
            for (int r = 0; r < count; r++) {
                long from = (at + (long) r * stride + c) << 2;
                sum = FloatVector.fromMemorySegment(FLOATS, a, from, ORDER)
                        .fma(FloatVector.fromMemorySegment(FLOATS, b, from, ORDER), sum);
            }
            sum.intoMemorySegment(y, (yAt + c) << 2, ORDER);
        }
        for (; c < width; c++) {
            float sum = 0f;
            for (int r = 0; r < count; r++) {
                long from = at + (long) r * stride + c;
                sum = Math.fma(a.getAtIndex(FLOAT, from), b.getAtIndex(FLOAT, from), sum);
            }
            y.setAtIndex(FLOAT, yAt + c, sum);
        }
    }

    /// Second step: y (C), starting at float `yAt`, = the sum over the blocks of partial, which lie `stride`
    /// floats apart starting at float `offset`; columns `from` to `to`
    public static void combine(
            MemorySegment y, long yAt, MemorySegment partial, long offset, int stride, int blocks, int from, int to) {
        sum(y, yAt + from, partial, offset + from, stride, blocks, to - from);
    }
}
