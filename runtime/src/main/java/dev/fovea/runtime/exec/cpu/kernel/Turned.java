package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOAT;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/// Transposition of matrices.
public final class Turned {
    private static final VectorSpecies<Integer> QUAD = IntVector.SPECIES_128;
    /// Lanes of two vectors, one after the other; integers, as [Interleave] explains.
    private static final IntVector LOWER = IntVector.fromArray(QUAD, new int[] {0, 4, 1, 5}, 0);
    private static final IntVector UPPER = IntVector.fromArray(QUAD, new int[] {2, 6, 3, 7}, 0);
    private static final IntVector FRONT = IntVector.fromArray(QUAD, new int[] {0, 1, 4, 5}, 0);
    private static final IntVector BACK = IntVector.fromArray(QUAD, new int[] {2, 3, 6, 7}, 0);
    /// Rows that are read together: as many as floats in a line of the cache, so that whole lines are written.
    private static final int LINE = 16;

    private Turned() {}

    /// Groups of rows of x, the items of work.
    public static int groups(int rows) {
        return Math.ceilDiv(rows, LINE);
    }

    /// y (C,R) = x (R,C) turned; groups `from` to `to` of the rows of x
    ///
    /// @param xAt floats before the first element of x
    /// @param stride floats from one row of x to the next
    public static void rows(
            MemorySegment y, MemorySegment x, long xAt, int rows, int columns, int stride, int from, int to) {
        for (int group = from; group < to; group++) {
            int first = group * LINE;
            int height = Math.min(LINE, rows - first);
            int done = height & -4;
            int wide = columns & -4;
            for (int j = 0; j < wide; j += 4) {
                for (int i = 0; i < done; i += 4) {
                    quad(y, (long) j * rows + first + i, rows, x, xAt + (long) (first + i) * stride + j, stride);
                }
            }
            singly(y, x, xAt, rows, stride, first, height, wide, columns);
            singly(y, x, xAt, rows, stride, first + done, height - done, 0, wide);
        }
    }

    private static void quad(MemorySegment y, long yAt, int rows, MemorySegment x, long xAt, int stride) {
        IntVector a = IntVector.fromMemorySegment(QUAD, x, xAt << 2, ORDER);
        IntVector b = IntVector.fromMemorySegment(QUAD, x, (xAt + stride) << 2, ORDER);
        IntVector c = IntVector.fromMemorySegment(QUAD, x, (xAt + 2L * stride) << 2, ORDER);
        IntVector d = IntVector.fromMemorySegment(QUAD, x, (xAt + 3L * stride) << 2, ORDER);
        IntVector abLower = LOWER.selectFrom(a, b);
        IntVector abUpper = UPPER.selectFrom(a, b);
        IntVector cdLower = LOWER.selectFrom(c, d);
        IntVector cdUpper = UPPER.selectFrom(c, d);
        FRONT.selectFrom(abLower, cdLower).intoMemorySegment(y, yAt << 2, ORDER);
        BACK.selectFrom(abLower, cdLower).intoMemorySegment(y, (yAt + rows) << 2, ORDER);
        FRONT.selectFrom(abUpper, cdUpper).intoMemorySegment(y, (yAt + 2L * rows) << 2, ORDER);
        BACK.selectFrom(abUpper, cdUpper).intoMemorySegment(y, (yAt + 3L * rows) << 2, ORDER);
    }

    private static void singly(
            MemorySegment y, MemorySegment x, long xAt, int rows, int stride, int row, int height, int j, int columns) {
        for (int column = j; column < columns; column++) {
            for (int i = row; i < row + height; i++) {
                y.set(FLOAT, ((long) column * rows + i) << 2, x.get(FLOAT, (xAt + (long) i * stride + column) << 2));
            }
        }
    }
}
