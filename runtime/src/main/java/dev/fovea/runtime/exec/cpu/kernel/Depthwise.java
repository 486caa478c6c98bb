package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOATS;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.ORDER;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.WIDTH;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/// Convolution of every channel with its own k x k kernel, stride 1, zero padding that keeps the size.
///
/// Legend: B batch, H x W grid, C channels (last axis of maps), k kernel side (odd), T = k*k.
///
/// @param rows H
/// @param columns W
/// @param channels C
/// @param kernel k
public record Depthwise(int batch, int rows, int columns, int channels, int kernel) {
    /// Output positions that the weight gradient sums before it adds to its total.
    private static final int RUN = 64;

    /// turned (T,C) = weight (C,1,k,k) with the channel last; `flipped` also reverses T, which turns the
    /// forward kernel into that of the input gradient. Taps `from` to `to`.
    public void turn(MemorySegment turned, MemorySegment weight, boolean flipped, int from, int to) {
        int taps = kernel * kernel;
        for (int t = from; t < to; t++) {
            int source = flipped ? taps - 1 - t : t;
            for (int c = 0; c < channels; c++) {
                float w = weight.getAtIndex(Lanes.FLOAT, (long) c * taps + source);
                turned.setAtIndex(Lanes.FLOAT, (long) t * channels + c, w);
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
                for (int c = 0; c < channels; c += WIDTH) {
                    VectorMask<Float> in = FLOATS.indexInRange(c, channels);
                    FloatVector start = biased
                            ? FloatVector.fromMemorySegment(FLOATS, bias, (long) c << 2, ORDER, in)
                            : FloatVector.zero(FLOATS);
                    long at = ((long) r * columns + column) * channels + c;
                    position(x, turned, r / rows, r % rows, column, c, in, start)
                            .intoMemorySegment(y, at << 2, ORDER, in);
                }
            }
        }
    }

    private FloatVector position(
            MemorySegment x,
            MemorySegment turned,
            int b,
            int row,
            int column,
            int c,
            VectorMask<Float> in,
            FloatVector start) {
        int half = kernel / 2;
        int firstX = Math.max(0, half - column);
        int endX = Math.min(kernel, columns + half - column);
        FloatVector sum = start;
        for (int ky = Math.max(0, half - row); ky < Math.min(kernel, rows + half - row); ky++) {
            long line = ((long) b * rows + row + ky - half) * columns + column - half;
            for (int kx = firstX; kx < endX; kx++) {
                long from = (line + kx) * channels + c;
                long tap = (long) (ky * kernel + kx) * channels + c;
                sum = FloatVector.fromMemorySegment(FLOATS, x, from << 2, ORDER, in)
                        .fma(FloatVector.fromMemorySegment(FLOATS, turned, tap << 2, ORDER, in), sum);
            }
        }
        return sum;
    }

    /// dturned (T,C) = the weight gradient with the channel last, x (B,H,W,C), dy (B,H,W,C); taps `from` to
    /// `to`
    public void backwardWeight(MemorySegment dturned, MemorySegment x, MemorySegment dy, int from, int to) {
        for (int t = from; t < to; t++) {
            for (int c = 0; c < channels; c += WIDTH) {
                VectorMask<Float> in = FLOATS.indexInRange(c, channels);
                FloatVector sum = FloatVector.zero(FLOATS);
                for (int r = 0; r < batch * rows; r++) {
                    int source = r % rows + t / kernel - kernel / 2;
                    if (source >= 0 && source < rows) {
                        sum = sum.add(line(x, dy, r, r - r % rows + source, t % kernel - kernel / 2, c, in));
                    }
                }
                sum.intoMemorySegment(dturned, ((long) t * channels + c) << 2, ORDER, in);
            }
        }
    }

    /// The sum over one line of dy (`line` of B*H) with the line `source` of x shifted by `shift` columns.
    private FloatVector line(
            MemorySegment x, MemorySegment dy, int line, int source, int shift, int c, VectorMask<Float> in) {
        int first = Math.max(0, -shift);
        int end = Math.min(columns, columns - shift);
        FloatVector total = FloatVector.zero(FLOATS);
        for (int run = first; run < end; run += RUN) {
            FloatVector sum = FloatVector.zero(FLOATS);
            for (int column = run; column < Math.min(end, run + RUN); column++) {
                long at = ((long) line * columns + column) * channels + c;
                long from = ((long) source * columns + column + shift) * channels + c;
                sum = FloatVector.fromMemorySegment(FLOATS, x, from << 2, ORDER, in)
                        .fma(FloatVector.fromMemorySegment(FLOATS, dy, at << 2, ORDER, in), sum);
            }
            total = total.add(sum);
        }
        return total;
    }

    /// weight (C,1,k,k) = turned (T,C); channels `from` to `to`
    public void turnBack(MemorySegment weight, MemorySegment turned, int from, int to) {
        int taps = kernel * kernel;
        for (int c = from; c < to; c++) {
            for (int t = 0; t < taps; t++) {
                float w = turned.getAtIndex(Lanes.FLOAT, (long) t * channels + c);
                weight.setAtIndex(Lanes.FLOAT, (long) c * taps + t, w);
            }
        }
    }
}
