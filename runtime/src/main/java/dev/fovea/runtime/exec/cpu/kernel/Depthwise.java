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
            for (int column = 0; column < columns; column++) {
                int c = vectors(y, x, turned, bias, biased, r, column);
                long at = ((long) r * columns + column) * channels;
                for (; c < channels; c++) {
                    float start = biased ? bias.getAtIndex(FLOAT, c) : 0f;
                    y.setAtIndex(FLOAT, at + c, position(x, turned, r, column, c, start));
                }
            }
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

    /// dturned (T,C) = the weight gradient with the channel last, x (B,H,W,C), dy (B,H,W,C); taps `from` to
    /// `to`
    public void backwardWeight(MemorySegment dturned, MemorySegment x, MemorySegment dy, int from, int to) {
        for (int t = from; t < to; t++) {
            long at = (long) t * channels;
            int shiftY = t / kernel - kernel / 2;
            int shiftX = t % kernel - kernel / 2;
            Pointwise.zero(dturned, at, at + channels);
            for (int line = 0; line < batch * rows; line++) {
                int row = line % rows + shiftY;
                if (row >= 0 && row < rows) {
                    addLine(dturned, at, x, dy, line, line + shiftY, shiftX);
                }
            }
        }
    }

    /// y (C) at float `yAt` += the sum over line `line` of B*H of dy with line `source` of x shifted by `shift`
    /// columns
    private void addLine(
            MemorySegment y, long yAt, MemorySegment x, MemorySegment dy, int line, int source, int shift) {
        int first = Math.max(0, -shift);
        int count = Math.min(columns, columns - shift) - first;
        long at = ((long) line * columns + first) * channels;
        long from = ((long) source * columns + first + shift) * channels;
        int c = 0;
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

    /// weight (C,1,k,k) = turned (T,C); channels `from` to `to`
    public void turnBack(MemorySegment weight, MemorySegment turned, int from, int to) {
        int taps = kernel * kernel;
        for (int c = from; c < to; c++) {
            for (int t = 0; t < taps; t++) {
                float w = turned.getAtIndex(FLOAT, (long) t * channels + c);
                weight.setAtIndex(FLOAT, (long) c * taps + t, w);
            }
        }
    }
}
