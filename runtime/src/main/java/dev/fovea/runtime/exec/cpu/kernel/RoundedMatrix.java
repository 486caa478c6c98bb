package dev.fovea.runtime.exec.cpu.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A copy of a matrix rounded to bfloat16, without gaps between its rows, in memory that the next copy uses again.
public final class RoundedMatrix {
    /// Elements of one item of work where rows follow each other without gaps.
    private static final int ITEM = 1 << 12;
    /// Elements below which a thread of its own does not pay.
    private static final int GRAIN = 1 << 15;

    private final Workers workers;
    private final boolean narrow;
    private final RangeBody body = this::items;
    private MemorySegment copy = MemorySegment.NULL;
    private MemorySegment source = MemorySegment.NULL;
    private long offset;
    private int stride;
    private int run;
    private long elements;

    /// @param narrow whether an element of the copy takes two bytes; else it is a float whose lower half is zero
    public RoundedMatrix(Workers workers, boolean narrow) {
        this.workers = workers;
        this.narrow = narrow;
    }

    /// The matrix of floats at `from` in `matrix`, rounded; valid until the next call.
    ///
    /// @param from floats before its first element
    /// @param rowStride floats from one row to the next
    public MemorySegment round(MemorySegment matrix, long from, int rows, int columns, int rowStride) {
        source = matrix;
        offset = from;
        elements = (long) rows * columns;
        boolean dense = rowStride == columns;
        run = dense ? ITEM : columns;
        stride = dense ? ITEM : rowStride;
        reserve(elements * (narrow ? Short.BYTES : Float.BYTES));
        int items = Math.toIntExact(Math.ceilDiv(elements, Math.max(1, run)));
        workers.forRange(items, Math.max(1, GRAIN / Math.max(1, run)), body);
        source = MemorySegment.NULL;
        return copy;
    }

    private void reserve(long bytes) {
        if (copy.byteSize() < bytes) {
            copy = MemorySegment.NULL; // lets go of the old memory before there is more
            copy = Lanes.allocate(Arena.ofAuto(), Math.ceilDiv(bytes, Float.BYTES));
        }
    }

    private void items(int from, int to, int worker) {
        for (int item = from; item < to; item++) {
            long at = (long) item * run;
            int count = (int) Math.min(run, elements - at);
            if (narrow) {
                Bfloat16.narrow(copy, at, source, offset + (long) item * stride, count);
            } else {
                Bfloat16.round(copy, at, source, offset + (long) item * stride, count);
            }
        }
    }
}
