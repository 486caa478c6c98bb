package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOAT;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOATS;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.ORDER;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.WIDTH;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Functions of one element, or of one element and one number of its row or column.
///
/// Legend: S any shape (ranges count elements); R rows, C columns (ranges count rows).
public final class Pointwise {
    private Pointwise() {}

    /// y (S) = a (S) + b (S)
    public static void add(MemorySegment y, MemorySegment a, MemorySegment b, long from, long to) {
        long i = from;
        for (; i <= to - WIDTH; i += WIDTH) {
            FloatVector.fromMemorySegment(FLOATS, a, i << 2, ORDER)
                    .add(FloatVector.fromMemorySegment(FLOATS, b, i << 2, ORDER))
                    .intoMemorySegment(y, i << 2, ORDER);
        }
        for (; i < to; i++) {
            y.setAtIndex(FLOAT, i, a.getAtIndex(FLOAT, i) + b.getAtIndex(FLOAT, i));
        }
    }

    /// y (S) = factor * x (S)
    public static void scale(MemorySegment y, MemorySegment x, float factor, long from, long to) {
        long i = from;
        for (; i <= to - WIDTH; i += WIDTH) {
            FloatVector.fromMemorySegment(FLOATS, x, i << 2, ORDER).mul(factor).intoMemorySegment(y, i << 2, ORDER);
        }
        for (; i < to; i++) {
            y.setAtIndex(FLOAT, i, factor * x.getAtIndex(FLOAT, i));
        }
    }

    /// Adds to element `at` of y.
    static void addTo(MemorySegment y, long at, float value) {
        y.setAtIndex(FLOAT, at, y.getAtIndex(FLOAT, at) + value);
    }

    /// y (R,C) = row (C) in every row
    public static void repeatRow(MemorySegment y, MemorySegment row, int columns, int from, int to) {
        for (int r = from; r < to; r++) {
            MemorySegment.copy(row, 0, y, 4L * r * columns, 4L * columns);
        }
    }

    /// y (R,C) = x (R,C) * scale (C)
    public static void scaleColumns(
            MemorySegment y, MemorySegment x, MemorySegment scale, int columns, int from, int to) {
        for (int r = from; r < to; r++) {
            long row = (long) r * columns;
            int c = 0;
            for (; c <= columns - WIDTH; c += WIDTH) {
                FloatVector.fromMemorySegment(FLOATS, x, (row + c) << 2, ORDER)
                        .mul(FloatVector.fromMemorySegment(FLOATS, scale, (long) c << 2, ORDER))
                        .intoMemorySegment(y, (row + c) << 2, ORDER);
            }
            for (; c < columns; c++) {
                y.setAtIndex(FLOAT, row + c, x.getAtIndex(FLOAT, row + c) * scale.getAtIndex(FLOAT, c));
            }
        }
    }

    /// y (R,C) = x (R,C) + rows (N,C), where row r of x gets row r modulo N
    public static void addRows(
            MemorySegment y, MemorySegment x, MemorySegment rows, int period, int columns, int from, int to) {
        for (int r = from; r < to; r++) {
            long row = (long) r * columns;
            Unit.combine(y, row, 1f, x, row, 1f, rows, (long) (r % period) * columns, columns);
        }
    }

    /// p (S) = sigmoid(factor * (a + b) cut to -limit .. limit), a (S), b (S); pass `a` as `b` and half the
    /// factor for one input alone. Maps are small: plain code.
    public static void probability(
            MemorySegment p, MemorySegment a, MemorySegment b, float factor, float limit, long from, long to) {
        for (long i = from; i < to; i++) {
            double logit = factor * ((double) a.getAtIndex(FLOAT, i) + b.getAtIndex(FLOAT, i));
            double cut = Math.max(-limit, Math.min(limit, logit));
            p.setAtIndex(FLOAT, i, (float) VectorMath.sigmoid(cut));
        }
    }

    /// d (S) = dy (S) times the slope of [#probability] in one of its inputs: `slope * p (1 - p)`, 0 where the
    /// logit was cut
    public static void probabilityBackward(
            MemorySegment d,
            MemorySegment a,
            MemorySegment b,
            MemorySegment dy,
            float factor,
            float slope,
            float limit,
            long from,
            long to) {
        for (long i = from; i < to; i++) {
            double logit = factor * ((double) a.getAtIndex(FLOAT, i) + b.getAtIndex(FLOAT, i));
            double p = VectorMath.sigmoid(logit);
            double gradient = Math.abs(logit) > limit ? 0 : dy.getAtIndex(FLOAT, i) * p * (1 - p) * slope;
            d.setAtIndex(FLOAT, i, (float) gradient);
        }
    }

    /// y (R,C) = row r of a (R,C) where flags (R) is not 0, else of b (R,C)
    public static void whereRows(
            MemorySegment y, MemorySegment flags, MemorySegment a, MemorySegment b, int columns, int from, int to) {
        for (int r = from; r < to; r++) {
            boolean first = flags.getAtIndex(FLOAT, r) != 0;
            MemorySegment.copy(first ? a : b, 4L * r * columns, y, 4L * r * columns, 4L * columns);
        }
    }

    /// da (R,C), db (R,C) = row r of dy (R,C) and zeros, or the reverse, by flags (R)
    public static void whereRowsBackward(
            MemorySegment da, MemorySegment db, MemorySegment flags, MemorySegment dy, int columns, int from, int to) {
        for (int r = from; r < to; r++) {
            boolean first = flags.getAtIndex(FLOAT, r) != 0;
            MemorySegment.copy(dy, 4L * r * columns, first ? da : db, 4L * r * columns, 4L * columns);
            zero(first ? db : da, (long) r * columns, (long) (r + 1) * columns);
        }
    }

    /// Elements `from` to `to` of y become 0.
    public static void zero(MemorySegment y, long from, long to) {
        for (long i = from; i < to; i++) {
            y.set(FLOAT, i << 2, 0f);
        }
    }
}
