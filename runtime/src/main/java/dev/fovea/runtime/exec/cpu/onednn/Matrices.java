package dev.fovea.runtime.exec.cpu.onednn;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// What must be made sure before native code, which checks nothing, reads and writes.
final class Matrices {
    private Matrices() {}

    /// The address of a matrix of floats.
    ///
    /// @throws IndexOutOfBoundsException if it does not lie within its segment
    /// @throws IllegalArgumentException if the segment is not native memory, or rows overlap
    static long address(MemorySegment matrix, long offset, int rows, int columns, int stride) {
        if (!matrix.isNative()) {
            throw new IllegalArgumentException("a matrix must lie outside the heap");
        }
        if (stride < columns) {
            throw new IllegalArgumentException("rows of " + columns + " are " + stride + " apart");
        }
        long length = rows == 0 || columns == 0 ? 0 : (rows - 1L) * stride + columns;
        Objects.checkFromIndexSize(Float.BYTES * offset, Float.BYTES * length, matrix.byteSize());
        return matrix.address() + Float.BYTES * offset;
    }

    /// What a product of depth 0 leaves.
    static void clear(MemorySegment c, long offset, int rows, int columns, int stride, boolean accumulate) {
        for (int i = 0; i < rows && !accumulate; i++) {
            c.asSlice(Float.BYTES * (offset + (long) i * stride), (long) Float.BYTES * columns)
                    .fill((byte) 0);
        }
    }
}
