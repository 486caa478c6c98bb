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
        for (int r = from; r < to; r++) {
            int row = r % rows;
            boolean inside = kernel == 3 && row > 0 && row < rows - 1 && columns > 2;
            for (int c = 0; inside && c <= channels - WIDTH; c += WIDTH) {
                inside(y, x, turned, bias, biased, r, c);
            }
            for (int column = 0; column < columns; column++) {
                boolean done = inside && column > 0 && column < columns - 1;
                int c = done ? channels / WIDTH * WIDTH : vectors(y, x, turned, bias, biased, r, column);
                long at = ((long) r * columns + column) * channels;
                for (; c < channels; c++) {
                    float start = biased ? bias.getAtIndex(FLOAT, c) : 0f;
                    y.setAtIndex(FLOAT, at + c, position(x, turned, r, column, c, start));
                }
            }
        }
    }

    /// One vector of channels along a line that has neighbours on both sides, without its ends: the nine taps stay in
    /// registers. In the order of [#vectors].
    private void inside(
            MemorySegment y,
            MemorySegment x,
            MemorySegment turned,
            MemorySegment bias,
            boolean biased,
            int line,
            int c) {
        long step = 4L * channels;
        long tap = 4L * c;
        FloatVector start =
                biased ? FloatVector.fromMemorySegment(FLOATS, bias, 4L * c, ORDER) : FloatVector.zero(FLOATS);
        FloatVector w0 = FloatVector.fromMemorySegment(FLOATS, turned, tap, ORDER);
        FloatVector w1 = FloatVector.fromMemorySegment(FLOATS, turned, tap + step, ORDER);
        FloatVector w2 = FloatVector.fromMemorySegment(FLOATS, turned, tap + 2 * step, ORDER);
        FloatVector w3 = FloatVector.fromMemorySegment(FLOATS, turned, tap + 3 * step, ORDER);
        FloatVector w4 = FloatVector.fromMemorySegment(FLOATS, turned, tap + 4 * step, ORDER);
        FloatVector w5 = FloatVector.fromMemorySegment(FLOATS, turned, tap + 5 * step, ORDER);
        FloatVector w6 = FloatVector.fromMemorySegment(FLOATS, turned, tap + 6 * step, ORDER);
        FloatVector w7 = FloatVector.fromMemorySegment(FLOATS, turned, tap + 7 * step, ORDER);
        FloatVector w8 = FloatVector.fromMemorySegment(FLOATS, turned, tap + 8 * step, ORDER);
        for (int column = 1; column < columns - 1; column++) {
            long at = (((long) line * columns + column) * channels + c) << 2;
            long above = at - columns * step;
            long below = at + columns * step;
            FloatVector sum = FloatVector.fromMemorySegment(FLOATS, x, above - step, ORDER)
                    .fma(w0, start);
            sum = FloatVector.fromMemorySegment(FLOATS, x, above, ORDER).fma(w1, sum);
            sum = FloatVector.fromMemorySegment(FLOATS, x, above + step, ORDER).fma(w2, sum);
            sum = FloatVector.fromMemorySegment(FLOATS, x, at - step, ORDER).fma(w3, sum);
            sum = FloatVector.fromMemorySegment(FLOATS, x, at, ORDER).fma(w4, sum);
            sum = FloatVector.fromMemorySegment(FLOATS, x, at + step, ORDER).fma(w5, sum);
            sum = FloatVector.fromMemorySegment(FLOATS, x, below - step, ORDER).fma(w6, sum);
            sum = FloatVector.fromMemorySegment(FLOATS, x, below, ORDER).fma(w7, sum);
            sum = FloatVector.fromMemorySegment(FLOATS, x, below + step, ORDER).fma(w8, sum);
            sum.intoMemorySegment(y, at, ORDER);
        }
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

    /// sums (blocks,T,C) = the weight gradient with the channel last, in shares of blocks of lines, from x (B,H,W,C)
    /// and
    /// dy (B,H,W,C); blocks `from` to `to` of [Blocks#count] of the B*H lines
    public void backwardWeight(MemorySegment sums, MemorySegment x, MemorySegment dy, int from, int to) {
        int lines = batch * rows;
        int count = Blocks.count(lines);
        long size = (long) kernel * kernel * channels;
        for (int block = from; block < to; block++) {
            Pointwise.zero(sums, block * size, (block + 1) * size);
            for (int line = Blocks.start(lines, count, block); line < Blocks.start(lines, count, block + 1); line++) {
                for (int ky = 0; ky < kernel; ky++) {
                    int row = line % rows + ky - kernel / 2;
                    if (row >= 0 && row < rows) {
                        addLines(sums, block * size, x, dy, line, line + ky - kernel / 2, ky);
                    }
                }
            }
        }
    }

    /// The taps of row `ky` of the kernel.
    private void addLines(
            MemorySegment sums, long at, MemorySegment x, MemorySegment dy, int line, int source, int ky) {
        int done = 0;
        if (kernel == 3 && columns > 1) {
            done = channels / WIDTH * WIDTH;
            for (int c = 0; c < done; c += WIDTH) {
                addThree(sums, at + 3L * ky * channels + c, x, dy, line, source, c);
            }
        }
        for (int kx = 0; kx < kernel; kx++) {
            long to = at + ((long) ky * kernel + kx) * channels;
            addLine(sums, to, x, dy, line, source, kx - kernel / 2, done);
        }
    }

    /// Three taps beside each other for one vector of channels: sums (3,C) at float `to` += the sum over a line.
    private void addThree(MemorySegment sums, long to, MemorySegment x, MemorySegment dy, int line, int source, int c) {
        long step = 4L * channels;
        long at = 4 * ((long) line * columns * channels + c);
        long from = 4 * ((long) source * columns * channels + c);
        FloatVector left = FloatVector.fromMemorySegment(FLOATS, sums, to << 2, ORDER);
        FloatVector middle = FloatVector.fromMemorySegment(FLOATS, sums, (to << 2) + step, ORDER);
        FloatVector right = FloatVector.fromMemorySegment(FLOATS, sums, (to << 2) + 2 * step, ORDER);
        for (int i = 0; i < columns; i++) {
            FloatVector d = FloatVector.fromMemorySegment(FLOATS, dy, at + i * step, ORDER);
            middle = FloatVector.fromMemorySegment(FLOATS, x, from + i * step, ORDER)
                    .fma(d, middle);
            if (i > 0) {
                left = FloatVector.fromMemorySegment(FLOATS, x, from + (i - 1) * step, ORDER)
                        .fma(d, left);
            }
            if (i < columns - 1) {
                right = FloatVector.fromMemorySegment(FLOATS, x, from + (i + 1) * step, ORDER)
                        .fma(d, right);
            }
        }
        left.intoMemorySegment(sums, to << 2, ORDER);
        middle.intoMemorySegment(sums, (to << 2) + step, ORDER);
        right.intoMemorySegment(sums, (to << 2) + 2 * step, ORDER);
    }

    /// y (C) at float `yAt` += the sum over line `line` of B*H of dy with line `source` of x shifted by `shift`
    /// columns; channels `c` on
    private void addLine(
            MemorySegment y, long yAt, MemorySegment x, MemorySegment dy, int line, int source, int shift, int c) {
        int first = Math.max(0, -shift);
        int count = Math.min(columns, columns - shift) - first;
        long at = ((long) line * columns + first) * channels;
        long from = ((long) source * columns + first + shift) * channels;
        for (; c <= channels - WIDTH; c += WIDTH) {
            FloatVector sum = FloatVector.zero(FLOATS);
            for (int i = 0; i < count; i++) {
                long step = (long) i * channels + c;
                sum = FloatVector.fromMemorySegment(FLOATS, x, (from + step) << 2, ORDER)
                        .fma(FloatVector.fromMemorySegment(FLOATS, dy, (at + step) << 2, ORDER), sum);
            }
            sum.add(FloatVector.fromMemorySegment(FLOATS, y, (yAt + c) << 2, ORDER))
                    .intoMemorySegment(y, (yAt + c) << 2, ORDER);
        }
        for (; c < channels; c++) {
            float sum = 0f;
            for (int i = 0; i < count; i++) {
                long step = (long) i * channels + c;
                sum = Math.fma(x.getAtIndex(FLOAT, from + step), dy.getAtIndex(FLOAT, at + step), sum);
            }
            Pointwise.addTo(y, yAt + c, sum);
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
