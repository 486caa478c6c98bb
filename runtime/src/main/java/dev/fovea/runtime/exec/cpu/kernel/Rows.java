package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.INT;

import java.lang.foreign.MemorySegment;

/// Copies of whole rows: looking up, joining, cutting.
///
/// Legend: V table rows, D width, K looked-up rows, O outer repeats, P floats of one part in one repeat, Q
/// floats of the whole in one repeat.
public final class Rows {
    private Rows() {}

    /// y (K,D) = table (V,D) at indices (K); rows `from` to `to` of y
    ///
    /// @throws IndexOutOfBoundsException if an index is not below V
    public static void gather(
            MemorySegment y, MemorySegment table, MemorySegment indices, int tableRows, int width, int from, int to) {
        for (int k = from; k < to; k++) {
            long row = index(indices, k, tableRows);
            MemorySegment.copy(table, 4L * row * width, y, 4L * k * width, 4L * width);
        }
    }

    /// dtable (V,D) = for each table row the sum of the rows of dy (K,D) whose index (K) it is, added in the
    /// order of k; table rows `from` to `to`
    public static void gatherBackward(
            MemorySegment dtable,
            MemorySegment dy,
            MemorySegment indices,
            int tableRows,
            int count,
            int width,
            int from,
            int to) {
        Pointwise.zero(dtable, (long) from * width, (long) to * width);
        for (int k = 0; k < count; k++) {
            int row = index(indices, k, tableRows);
            if (row >= from && row < to) {
                long at = (long) row * width;
                Unit.add(dtable, at, 1f, dy, (long) k * width, width);
            }
        }
    }

    /// y (B,D) = the row of x (B,N,D) at the highest of tokens (B,N), the first if repeated; entries `from` to
    /// `to`
    public static void atHighest(
            MemorySegment y, MemorySegment x, MemorySegment tokens, int count, int width, int from, int to) {
        for (int b = from; b < to; b++) {
            long row = (long) b * count + highest(tokens, b, count);
            MemorySegment.copy(x, 4L * row * width, y, 4L * b * width, 4L * width);
        }
    }

    /// dx (B,N,D) = dy (B,D) at the highest of tokens (B,N), else 0; entries `from` to `to`
    public static void atHighestBackward(
            MemorySegment dx, MemorySegment dy, MemorySegment tokens, int count, int width, int from, int to) {
        Pointwise.zero(dx, (long) from * count * width, (long) to * count * width);
        for (int b = from; b < to; b++) {
            long row = (long) b * count + highest(tokens, b, count);
            MemorySegment.copy(dy, 4L * b * width, dx, 4L * row * width, 4L * width);
        }
    }

    private static int highest(MemorySegment tokens, int entry, int count) {
        long from = (long) entry * count;
        int best = 0;
        for (int i = 1; i < count; i++) {
            if (tokens.getAtIndex(INT, from + i) > tokens.getAtIndex(INT, from + best)) {
                best = i;
            }
        }
        return best;
    }

    /// Index `k` of `indices`, checked to be from 0 to `size` - 1.
    static int index(MemorySegment indices, int k, int size) {
        int index = indices.getAtIndex(INT, k);
        if (index < 0 || index >= size) {
            throw new IndexOutOfBoundsException("index " + k + " is " + index + ", must be from 0 to " + (size - 1));
        }
        return index;
    }

    /// whole (O,Q) at `at` = part (O,P), the rest of whole untouched; repeats `from` to `to`
    public static void insert(
            MemorySegment whole, MemorySegment part, long wholeRun, long partRun, long at, int from, int to) {
        for (long o = from; o < to; o++) {
            MemorySegment.copy(part, 4 * o * partRun, whole, 4 * (o * wholeRun + at), 4 * partRun);
        }
    }

    /// part (O,P) = whole (O,Q) from `at` on; repeats `from` to `to`
    public static void extract(
            MemorySegment part, MemorySegment whole, long wholeRun, long partRun, long at, int from, int to) {
        for (long o = from; o < to; o++) {
            MemorySegment.copy(whole, 4 * (o * wholeRun + at), part, 4 * o * partRun, 4 * partRun);
        }
    }

    /// whole (O,Q) = zeros with part (O,P) from `at` on; repeats `from` to `to`
    public static void pad(
            MemorySegment whole, MemorySegment part, long wholeRun, long partRun, long at, int from, int to) {
        for (long o = from; o < to; o++) {
            Pointwise.zero(whole, o * wholeRun, o * wholeRun + at);
            Pointwise.zero(whole, o * wholeRun + at + partRun, (o + 1) * wholeRun);
        }
        insert(whole, part, wholeRun, partRun, at, from, to);
    }
}
