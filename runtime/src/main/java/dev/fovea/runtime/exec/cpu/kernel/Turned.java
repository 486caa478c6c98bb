package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOAT;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOATS;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.ORDER;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.WIDTH;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Transposition of matrices.
///
/// Legend: R rows, C columns, W floats of a vector.
final class Turned {
    private Turned() {}

    /// Groups of rows of x, the items of work.
    static int groups(int rows) {
        return Math.ceilDiv(rows, WIDTH);
    }

    /// Floats of the scratch memory that [#rows] wants.
    static int scratchLength() {
        return WIDTH * WIDTH;
    }

    /// y (C,R) = x (R,C) turned; groups `from` to `to` of the rows of x
    ///
    /// @param xAt floats before the first element of x
    /// @param stride floats from one row of x to the next
    /// @param scratch memory of [#scratchLength] floats, and `halves` as many
    static void rows(
            MemorySegment y,
            MemorySegment x,
            long xAt,
            int rows,
            int columns,
            int stride,
            int from,
            int to,
            float[] scratch,
            float[] halves) {
        for (int group = from; group < to; group++) {
            int first = group * WIDTH;
            int height = Math.min(WIDTH, rows - first);
            long at = xAt + (long) first * stride;
            int j = 0;
            if (Interleave.LINES > 0 && height == WIDTH) {
                for (; j <= columns - WIDTH; j += WIDTH) {
                    square(y, (long) j * rows + first, rows, x, at + j, stride, scratch, halves);
                }
            }
            singly(y, first, rows, x, at, stride, height, j, columns);
        }
    }

    /// Two halves of the rows are turned, then joined, then written as whole vectors.
    private static void square(
            MemorySegment y,
            long yAt,
            int rows,
            MemorySegment x,
            long xAt,
            int stride,
            float[] scratch,
            float[] halves) {
        int lines = Interleave.LINES;
        Interleave.lines(halves, 0, x, xAt, stride);
        Interleave.lines(halves, lines * WIDTH, x, xAt + (long) lines * stride, stride);
        Interleave.join(scratch, 0, WIDTH, halves);
        for (int i = 0; i < WIDTH; i++) {
            FloatVector.fromArray(FLOATS, scratch, i * WIDTH).intoMemorySegment(y, (yAt + (long) i * rows) << 2, ORDER);
        }
    }

    private static void singly(
            MemorySegment y,
            int yRow,
            int rows,
            MemorySegment x,
            long xAt,
            int stride,
            int height,
            int j,
            int columns) {
        for (int column = j; column < columns; column++) {
            for (int i = 0; i < height; i++) {
                float value = x.get(FLOAT, (xAt + (long) i * stride + column) << 2);
                y.set(FLOAT, ((long) column * rows + yRow + i) << 2, value);
            }
        }
    }
}
