package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOAT;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOATS;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.ORDER;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.WIDTH;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Maps of numbers over a grid, resized to another grid. Window i of m over n cells is floor(i*n/m) ..
/// ceil((i+1)*n/m).
///
/// Legend: B batch, H x W grid of the input of the forward direction, h x w grid of its output. Ranges count
/// maps (B) unless stated.
///
/// @param rows H
/// @param columns W
/// @param toRows h
/// @param toColumns w
public record Maps(int rows, int columns, int toRows, int toColumns) {
    private static int start(int i, int n, int m) {
        return (int) ((long) i * n / m);
    }

    private static int end(int i, int n, int m) {
        return (int) Math.ceilDiv((i + 1L) * n, m);
    }

    /// y (B,h*w) = the maximum of each window of x (B,H*W)
    public void maxPool(MemorySegment y, MemorySegment x, int from, int to) {
        int cells = toRows * toColumns;
        for (long i = (long) from * cells; i < (long) to * cells; i++) {
            y.set(FLOAT, i << 2, x.getAtIndex(FLOAT, winner(x, i)));
        }
    }

    /// dx (B,H*W) = dy (B,h*w), added to the first maximum of its window of x (B,H*W)
    public void maxPoolBackward(MemorySegment dx, MemorySegment x, MemorySegment dy, int from, int to) {
        int cells = toRows * toColumns;
        Pointwise.zero(dx, (long) from * rows * columns, (long) to * rows * columns);
        for (long i = (long) from * cells; i < (long) to * cells; i++) {
            Pointwise.addTo(dx, winner(x, i), dy.getAtIndex(FLOAT, i));
        }
    }

    /// Where the first maximum of window `i` of the whole output lies in x; a NaN counts as larger than
    /// anything.
    private long winner(MemorySegment x, long i) {
        int cells = toRows * toColumns;
        int row = (int) (i % cells) / toColumns;
        int column = (int) (i % toColumns);
        long map = i / cells * rows * columns;
        long best = -1;
        float largest = Float.NEGATIVE_INFINITY;
        for (int r = start(row, rows, toRows); r < end(row, rows, toRows); r++) {
            for (int c = start(column, columns, toColumns); c < end(column, columns, toColumns); c++) {
                long at = map + (long) r * columns + c;
                float value = x.getAtIndex(FLOAT, at);
                if (best < 0 || value > largest || (Float.isNaN(value) && !Float.isNaN(largest))) {
                    best = at;
                    largest = value;
                }
            }
        }
        return best;
    }

    /// y (B,h*w) = the cell floor(i * n / m) of x (B,H*W)
    public void nearest(MemorySegment y, MemorySegment x, int from, int to) {
        int cells = toRows * toColumns;
        for (long i = (long) from * cells; i < (long) to * cells; i++) {
            y.set(FLOAT, i << 2, x.getAtIndex(FLOAT, nearestSource(i)));
        }
    }

    /// dx (B,H*W) = the sum of dy (B,h*w) over the copies of each cell
    public void nearestBackward(MemorySegment dx, MemorySegment dy, int from, int to) {
        int cells = toRows * toColumns;
        Pointwise.zero(dx, (long) from * rows * columns, (long) to * rows * columns);
        for (long i = (long) from * cells; i < (long) to * cells; i++) {
            Pointwise.addTo(dx, nearestSource(i), dy.getAtIndex(FLOAT, i));
        }
    }

    private long nearestSource(long i) {
        int cells = toRows * toColumns;
        int row = (int) (i % cells) / toColumns;
        int column = (int) (i % toColumns);
        return (i / cells * rows + start(row, rows, toRows)) * columns + start(column, columns, toColumns);
    }

    /// y (B,h*w) = the mean of each window of x (B,H,W); cells `from` to `to` of B*h*w
    public void area(MemorySegment y, MemorySegment x, int from, int to) {
        int cells = toRows * toColumns;
        float[] lanes = new float[WIDTH];
        for (int i = from; i < to; i++) {
            int row = i % cells / toColumns;
            int column = i % toColumns;
            int first = start(column, columns, toColumns);
            int end = end(column, columns, toColumns);
            int firstRow = start(row, rows, toRows);
            int endRow = end(row, rows, toRows);
            double sum = 0;
            for (int r = firstRow; r < endRow; r++) {
                sum += lineSum(x, ((long) (i / cells) * rows + r) * columns, first, end, lanes);
            }
            y.setAtIndex(FLOAT, i, (float) (sum / ((endRow - firstRow) * (end - first))));
        }
    }

    private static float lineSum(MemorySegment x, long line, int first, int end, float[] lanes) {
        FloatVector sums = FloatVector.zero(FLOATS);
        int c = first;
        for (; c <= end - WIDTH; c += WIDTH) {
            sums = sums.add(FloatVector.fromMemorySegment(FLOATS, x, (line + c) << 2, ORDER));
        }
        sums.intoArray(lanes, 0);
        float sum = VectorMath.sum(lanes);
        for (; c < end; c++) {
            sum += x.getAtIndex(FLOAT, line + c);
        }
        return sum;
    }

    /// y (B,K) = map (B,N) at the cells indices (B,K); elements `from` to `to` of B*K
    ///
    /// @throws IndexOutOfBoundsException if an index is not below N
    public static void gather(
            MemorySegment y, MemorySegment map, MemorySegment indices, int cells, int count, int from, int to) {
        for (int i = from; i < to; i++) {
            long at = (long) (i / count) * cells + Rows.index(indices, i, cells);
            y.setAtIndex(FLOAT, i, map.getAtIndex(FLOAT, at));
        }
    }

    /// y (n) = the cells `indices` (n) of a grid of `columns`, counted in a square grid of `side`
    public static void regrid(MemorySegment y, MemorySegment indices, int columns, int side, int n) {
        for (int i = 0; i < n; i++) {
            int cell = indices.getAtIndex(Lanes.INT, i);
            y.setAtIndex(Lanes.INT, i, cell / columns * side + cell % columns);
        }
    }
}
