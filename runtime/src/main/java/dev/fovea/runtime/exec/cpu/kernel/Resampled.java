package dev.fovea.runtime.exec.cpu.kernel;

import java.lang.foreign.MemorySegment;

/// Rows of a square table resampled to a larger grid by four taps along each axis, computed only where they are
/// asked for: position embeddings of patches.
///
/// Legend: G side of the large grid, g side of the table, D width, K positions asked for.
public final class Resampled {
    private static final int TAPS = 4;

    private final int[] first;
    private final float[] weights;
    private final int columns;
    private final int rows;
    private final int side;

    /// A resampling of a g x g table.
    ///
    /// @param first (G) the first tap of each position along either axis
    /// @param weights (G,4) of the taps from there on; 0 marks a tap that is not used
    /// @param rows rows of the grid that positions are counted in, at most G
    /// @param columns its columns, at most G
    public Resampled(int[] first, float[] weights, int rows, int columns, int side) {
        this.first = first.clone();
        this.weights = weights.clone();
        this.rows = rows;
        this.columns = columns;
        this.side = side;
    }

    /// y (K,D) = the resampled table (g*g,D) at positions indices (K); rows `from` to `to` of y
    ///
    /// @throws IndexOutOfBoundsException if a position lies outside the grid
    public void forward(MemorySegment y, MemorySegment table, MemorySegment indices, int width, int from, int to) {
        for (int k = from; k < to; k++) {
            int position = Rows.index(indices, k, rows * columns);
            long at = (long) k * width;
            Pointwise.zero(y, at, at + width);
            for (int tap = 0; tap < TAPS * TAPS; tap++) {
                float weight = weight(position, tap);
                if (weight != 0) {
                    Unit.add(y, at, weight, table, (long) row(position, tap) * width, width);
                }
            }
        }
    }

    /// dtable (g*g,D) from dy (K,D) and indices (K); table rows `from` to `to`, each summed in the order of k
    public void backward(
            MemorySegment dtable, MemorySegment dy, MemorySegment indices, int count, int width, int from, int to) {
        Pointwise.zero(dtable, (long) from * width, (long) to * width);
        for (int k = 0; k < count; k++) {
            int position = Rows.index(indices, k, rows * columns);
            for (int tap = 0; tap < TAPS * TAPS; tap++) {
                float weight = weight(position, tap);
                int row = row(position, tap);
                if (weight != 0 && row >= from && row < to) {
                    long at = (long) row * width;
                    Unit.add(dtable, at, weight, dy, (long) k * width, width);
                }
            }
        }
    }

    private float weight(int position, int tap) {
        int y = position / columns * TAPS + tap / TAPS;
        int x = position % columns * TAPS + tap % TAPS;
        return weights[y] * weights[x];
    }

    private int row(int position, int tap) {
        return (first[position / columns] + tap / TAPS) * side + first[position % columns] + tap % TAPS;
    }
}
