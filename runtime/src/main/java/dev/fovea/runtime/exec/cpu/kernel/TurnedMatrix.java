package dev.fovea.runtime.exec.cpu.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A transposed copy of a matrix of floats, in memory that the next copy uses again.
public final class TurnedMatrix {
    private final Workers workers;
    private final RangeBody body = this::groups;
    private final float[][] scratch;
    private final float[][] halves;
    private MemorySegment copy = MemorySegment.NULL;
    private MemorySegment source = MemorySegment.NULL;
    private long offset;
    private int rows;
    private int columns;
    private int stride;

    /// @param workers who copy
    public TurnedMatrix(Workers workers) {
        this.workers = workers;
        scratch = new float[workers.count()][Turned.scratchLength()];
        halves = new float[workers.count()][Turned.scratchLength()];
    }

    /// The (columns, rows) copy of a (rows, columns) matrix; valid until the next call.
    ///
    /// @param from floats before its first element
    /// @param rowStride floats from one row to the next
    public MemorySegment turn(MemorySegment matrix, long from, int rowCount, int columnCount, int rowStride) {
        source = matrix;
        offset = from;
        rows = rowCount;
        columns = columnCount;
        stride = rowStride;
        long elements = (long) rowCount * columnCount;
        if (copy.byteSize() < Float.BYTES * elements) {
            copy = MemorySegment.NULL; // lets go of the old memory before there is more
            copy = Lanes.allocate(Arena.ofAuto(), elements);
        }
        workers.forRange(Turned.groups(rowCount), 4, body);
        source = MemorySegment.NULL;
        return copy;
    }

    private void groups(int from, int to, int worker) {
        Turned.rows(copy, source, offset, rows, columns, stride, from, to, scratch[worker], halves[worker]);
    }
}
