package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOAT;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOATS;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.ORDER;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.WIDTH;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Convolution of every channel with its own k x k kernel, stride 1, zero padding that keeps the size.
///
/// Legend: B batch, H x W grid, C channels (last axis of maps), k kernel side (odd), T = k*k.
///
/// @param rows H
/// @param columns W
/// @param channels C
/// @param kernel k
public record Depthwise(int batch, int rows, int columns, int channels, int kernel) {
    /// Columns that are computed together where all their taps exist: as many sums hide the time of an addition.
    private static final int AT_ONCE = 8;

    /// turned (T,C) = weight (C,1,k,k) with the channel last; `flipped` also reverses T, which turns the
    /// forward kernel into that of the input gradient. Taps `from` to `to`.
    public void turn(MemorySegment turned, MemorySegment weight, boolean flipped, int from, int to) {
        int taps = kernel * kernel;
        for (int t = from; t < to; t++) {
            int source = flipped ? taps - 1 - t : t;
            for (int c = 0; c < channels; c++) {
                float w = weight.getAtIndex(FLOAT, (long) c * taps + source);
                turned.setAtIndex(FLOAT, (long) t * channels + c, w);
            }
        }
    }

    /// y (B,H,W,C) = x (B,H,W,C) convolved with turned (T,C), plus bias (C), or plus nothing if `biased` is
    /// false; rows `from` to `to` of B*H
    public void forward(
            MemorySegment y,
            MemorySegment x,
            MemorySegment turned,
            MemorySegment bias,
            boolean biased,
            int from,
            int to) {
        int half = kernel / 2;
        for (int r = from; r < to; r++) {
            int column = 0;
            while (column < columns) {
                boolean inside = column >= half && column + AT_ONCE + half <= columns;
                int count = inside ? AT_ONCE : 1;
                int c = inside
                        ? eight(y, x, turned, bias, biased, r, column)
                        : vectors(y, x, turned, bias, biased, r, column);
                for (int end = column + count; column < end; column++) {
                    rest(y, x, turned, bias, biased, r, column, c);
                }
            }
        }
    }

    /// The channels from `c` on of one position.
    private void rest(
            MemorySegment y,
            MemorySegment x,
            MemorySegment turned,
            MemorySegment bias,
            boolean biased,
            int line,
            int column,
            int c) {
        long at = ((long) line * columns + column) * channels;
        for (int i = c; i < channels; i++) {
            float start = biased ? bias.getAtIndex(FLOAT, i) : 0f;
            y.setAtIndex(FLOAT, at + i, position(x, turned, line, column, i, start));
        }
    }

    /// The channels of eight positions that fill whole vectors; their number. All columns that the positions read
    /// exist.
    /// Each sum is that of [#vectors].
    private int eight(
            MemorySegment y,
            MemorySegment x,
            MemorySegment turned,
            MemorySegment bias,
            boolean biased,
            int line,
            int column) {
        int half = kernel / 2;
        int row = line % rows;
        int firstY = Math.max(0, half - row);
        int endY = Math.min(kernel, rows + half - row);
        long step = 4L * channels;
        int c = 0;
        for (; c <= channels - WIDTH; c += WIDTH) {
            FloatVector start = biased
                    ? FloatVector.fromMemorySegment(FLOATS, bias, (long) c << 2, ORDER)
                    : FloatVector.zero(FLOATS);
            FloatVector s0 = start;
            FloatVector s1 = start;
            FloatVector s2 = start;
            FloatVector s3 = start;
            FloatVector s4 = start;
            FloatVector s5 = start;
            FloatVector s6 = start;
            FloatVector s7 = start;
            for (int ky = firstY; ky < endY; ky++) {
                long source = ((long) line + ky - half) * columns + column - half;
                for (int kx = 0; kx < kernel; kx++) {
                    long from = ((source + kx) * channels + c) << 2;
                    long tap = ((long) (ky * kernel + kx) * channels + c) << 2;
                    FloatVector w = FloatVector.fromMemorySegment(FLOATS, turned, tap, ORDER);
                    s0 = FloatVector.fromMemorySegment(FLOATS, x, from, ORDER).fma(w, s0);
                    s1 = FloatVector.fromMemorySegment(FLOATS, x, from + step, ORDER)
                            .fma(w, s1);
                    s2 = FloatVector.fromMemorySegment(FLOATS, x, from + 2 * step, ORDER)
                            .fma(w, s2);
                    s3 = FloatVector.fromMemorySegment(FLOATS, x, from + 3 * step, ORDER)
                            .fma(w, s3);
                    s4 = FloatVector.fromMemorySegment(FLOATS, x, from + 4 * step, ORDER)
                            .fma(w, s4);
                    s5 = FloatVector.fromMemorySegment(FLOATS, x, from + 5 * step, ORDER)
                            .fma(w, s5);
                    s6 = FloatVector.fromMemorySegment(FLOATS, x, from + 6 * step, ORDER)
                            .fma(w, s6);
                    s7 = FloatVector.fromMemorySegment(FLOATS, x, from + 7 * step, ORDER)
                            .fma(w, s7);
                }
            }
            long to = (((long) line * columns + column) * channels + c) << 2;
            s0.intoMemorySegment(y, to, ORDER);
            s1.intoMemorySegment(y, to + step, ORDER);
            s2.intoMemorySegment(y, to + 2 * step, ORDER);
            s3.intoMemorySegment(y, to + 3 * step, ORDER);
            s4.intoMemorySegment(y, to + 4 * step, ORDER);
            s5.intoMemorySegment(y, to + 5 * step, ORDER);
            s6.intoMemorySegment(y, to + 6 * step, ORDER);
            s7.intoMemorySegment(y, to + 7 * step, ORDER);
        }
        return c;
    }

    /// The channels of one position that fill whole vectors; their number.
    private int vectors(
            MemorySegment y,
            MemorySegment x,
            MemorySegment turned,
            MemorySegment bias,
            boolean biased,
            int line,
            int column) {
        int half = kernel / 2;
        int row = line % rows;
        int firstX = Math.max(0, half - column);
        int endX = Math.min(kernel, columns + half - column);
        int c = 0;
        for (; c <= channels - WIDTH; c += WIDTH) {
            FloatVector sum = biased
                    ? FloatVector.fromMemorySegment(FLOATS, bias, (long) c << 2, ORDER)
                    : FloatVector.zero(FLOATS);
            for (int ky = Math.max(0, half - row); ky < Math.min(kernel, rows + half - row); ky++) {
                long source = ((long) line + ky - half) * columns + column - half;
                for (int kx = firstX; kx < endX; kx++) {
                    long from = (source + kx) * channels + c;
                    long tap = (long) (ky * kernel + kx) * channels + c;
                    sum = FloatVector.fromMemorySegment(FLOATS, x, from << 2, ORDER)
                            .fma(FloatVector.fromMemorySegment(FLOATS, turned, tap << 2, ORDER), sum);
                }
            }
            sum.intoMemorySegment(y, (((long) line * columns + column) * channels + c) << 2, ORDER);
        }
        return c;
    }

    private float position(MemorySegment x, MemorySegment turned, int line, int column, int c, float start) {
        int half = kernel / 2;
        int row = line % rows;
        float sum = start;
        for (int ky = Math.max(0, half - row); ky < Math.min(kernel, rows + half - row); ky++) {
            long source = ((long) line + ky - half) * columns + column - half;
            for (int kx = Math.max(0, half - column); kx < Math.min(kernel, columns + half - column); kx++) {
                float w = turned.getAtIndex(FLOAT, (long) (ky * kernel + kx) * channels + c);
                sum = Math.fma(x.getAtIndex(FLOAT, (source + kx) * channels + c), w, sum);
            }
        }
        return sum;
    }

    /// Floats of the scratch memory in which [#backwardWeight] treats one block: the lines that one line reads,
    /// and its own, of one vector of channels.
    public int windowLength() {
        return (kernel + 1) * columns * WIDTH;
    }

    /// sums (blocks,T,C) = the weight gradient with the channel last, in shares of blocks of lines, from x
    /// (B,H,W,C) and
    /// dy (B,H,W,C); blocks `from` to `to` of [Blocks#count] of the B*H lines
    ///
    /// @param windows scratch memory of [#windowLength] floats for each block, behind the sums
    public void backwardWeight(MemorySegment sums, long windows, MemorySegment x, MemorySegment dy, int from, int to) {
        int lines = batch * rows;
        int count = Blocks.count(lines);
        long size = (long) kernel * kernel * channels;
        for (int block = from; block < to; block++) {
            int first = Blocks.start(lines, count, block);
            int end = Blocks.start(lines, count, block + 1);
            Pointwise.zero(sums, block * size, (block + 1) * size);
            int c = 0;
            for (; c <= channels - WIDTH; c += WIDTH) {
                for (int line = first; line < end; line++) {
                    fillWindow(sums, windows + (long) block * windowLength(), x, dy, line, line == first, c);
                    addLine(sums, block * size, windows + (long) block * windowLength(), line, c);
                }
            }
            for (; c < channels; c++) {
                for (int line = first; line < end; line++) {
                    addLineOfOne(sums, block * size, x, dy, line, c);
                }
            }
        }
    }

    /// Copies what line `line` of B*H reads of one vector of channels, because it lies a line of channels apart in
    /// memory and would push itself out of the first-level cache: row r of the picture to line r modulo k
    /// of the window, and the line's own dy behind them.
    private void fillWindow(
            MemorySegment window, long at, MemorySegment x, MemorySegment dy, int line, boolean all, int c) {
        int half = kernel / 2;
        int row = line % rows;
        int start = all || row == 0 ? Math.max(0, row - half) : row + half;
        for (int r = start; r <= Math.min(rows - 1, row + half); r++) {
            copyLine(window, at + (long) (r % kernel) * columns * WIDTH, x, line - row + r, c);
        }
        copyLine(window, at + (long) kernel * columns * WIDTH, dy, line, c);
    }

    private void copyLine(MemorySegment window, long at, MemorySegment x, int line, int c) {
        for (int i = 0; i < columns; i++) {
            long from = ((long) line * columns + i) * channels + c;
            FloatVector.fromMemorySegment(FLOATS, x, from << 2, ORDER)
                    .intoMemorySegment(window, (at + (long) i * WIDTH) << 2, ORDER);
        }
    }

    /// One vector of channels of all taps: sums (T,C) at float `at` += what line `line` of B*H gives.
    private void addLine(MemorySegment sums, long at, long window, int line, int c) {
        int half = kernel / 2;
        long own = window + (long) kernel * columns * WIDTH;
        for (int t = 0; t < kernel * kernel; t++) {
            int row = line % rows + t / kernel - half;
            if (row >= 0 && row < rows) {
                long source = window + (long) (row % kernel) * columns * WIDTH;
                addTap(sums, at + (long) t * channels + c, source, own, t % kernel - half);
            }
        }
    }

    /// memory at float `to` += the sum of the line at float `dy` times the line at float `x` shifted by `shift`
    /// columns
    private void addTap(MemorySegment memory, long to, long x, long dy, int shift) {
        int first = Math.max(0, -shift);
        int count = Math.min(columns, columns - shift) - first;
        long step = 4L * WIDTH;
        long at = 4 * dy + first * step;
        long from = 4 * x + (first + shift) * step;
        FloatVector s0 = FloatVector.fromMemorySegment(FLOATS, memory, to << 2, ORDER);
        FloatVector s1 = FloatVector.zero(FLOATS);
        FloatVector s2 = FloatVector.zero(FLOATS);
        FloatVector s3 = FloatVector.zero(FLOATS);
        int i = 0;
        for (; i <= count - 4; i += 4) {
            long p = i * step;
            s0 = FloatVector.fromMemorySegment(FLOATS, memory, from + p, ORDER)
                    .fma(FloatVector.fromMemorySegment(FLOATS, memory, at + p, ORDER), s0);
            s1 = FloatVector.fromMemorySegment(FLOATS, memory, from + p + step, ORDER)
                    .fma(FloatVector.fromMemorySegment(FLOATS, memory, at + p + step, ORDER), s1);
            s2 = FloatVector.fromMemorySegment(FLOATS, memory, from + p + 2 * step, ORDER)
                    .fma(FloatVector.fromMemorySegment(FLOATS, memory, at + p + 2 * step, ORDER), s2);
            s3 = FloatVector.fromMemorySegment(FLOATS, memory, from + p + 3 * step, ORDER)
                    .fma(FloatVector.fromMemorySegment(FLOATS, memory, at + p + 3 * step, ORDER), s3);
        }
        for (; i < count; i++) {
            s0 = FloatVector.fromMemorySegment(FLOATS, memory, from + i * step, ORDER)
                    .fma(FloatVector.fromMemorySegment(FLOATS, memory, at + i * step, ORDER), s0);
        }
        s0.add(s1).add(s2.add(s3)).intoMemorySegment(memory, to << 2, ORDER);
    }

    /// As [#addLine] for one channel.
    private void addLineOfOne(MemorySegment sums, long at, MemorySegment x, MemorySegment dy, int line, int c) {
        int half = kernel / 2;
        for (int t = 0; t < kernel * kernel; t++) {
            int row = line % rows + t / kernel - half;
            int shift = t % kernel - half;
            if (row >= 0 && row < rows) {
                long source = (long) (line + t / kernel - half) * columns + shift;
                float sum = 0f;
                for (int i = Math.max(0, -shift); i < Math.min(columns, columns - shift); i++) {
                    float d = dy.getAtIndex(FLOAT, ((long) line * columns + i) * channels + c);
                    sum = Math.fma(x.getAtIndex(FLOAT, (source + i) * channels + c), d, sum);
                }
                Pointwise.addTo(sums, at + (long) t * channels + c, sum);
            }
        }
    }

    /// weight (C,1,k,k) = the sum of the `blocks` shares of sums (blocks,T,C); channels `from` to `to`
    public void turnBack(MemorySegment weight, MemorySegment sums, int blocks, int from, int to) {
        int taps = kernel * kernel;
        for (int c = from; c < to; c++) {
            for (int t = 0; t < taps; t++) {
                float w = 0f;
                for (int block = 0; block < blocks; block++) {
                    w += sums.getAtIndex(FLOAT, ((long) block * taps + t) * channels + c);
                }
                weight.setAtIndex(FLOAT, (long) c * taps + t, w);
            }
        }
    }
}
