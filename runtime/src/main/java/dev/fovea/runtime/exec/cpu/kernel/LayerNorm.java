package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOATS;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.ORDER;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.WIDTH;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/// Normalisation of rows to mean 0 and variance 1 with a learned scale and shift. The backward kernel computes
/// mean and variance again: a row is in the first-level cache anyway.
///
/// Legend: R rows, D width.
public final class LayerNorm {
    private LayerNorm() {}

    /// y (R,D) = (x - mean) / sqrt(variance + eps) * gamma + beta, x (R,D), gamma (D), beta (D); rows `from` to
    /// `to`
    public static void forward(
            MemorySegment y,
            MemorySegment x,
            MemorySegment gamma,
            MemorySegment beta,
            int width,
            float eps,
            int from,
            int to) {
        int whole = FLOATS.loopBound(width);
        VectorMask<Float> rest = FLOATS.indexInRange(whole, width);
        for (int r = from; r < to; r++) {
            long row = (long) r * width;
            float mean = mean(x, row, width, whole, rest);
            float scale = inverseDeviation(x, row, width, whole, rest, mean, eps);
            for (int i = 0; i < whole; i += WIDTH) {
                FloatVector.fromMemorySegment(FLOATS, x, (row + i) << 2, ORDER)
                        .sub(mean)
                        .mul(scale)
                        .mul(FloatVector.fromMemorySegment(FLOATS, gamma, (long) i << 2, ORDER))
                        .add(FloatVector.fromMemorySegment(FLOATS, beta, (long) i << 2, ORDER))
                        .intoMemorySegment(y, (row + i) << 2, ORDER);
            }
            if (whole < width) {
                FloatVector.fromMemorySegment(FLOATS, x, (row + whole) << 2, ORDER, rest)
                        .sub(mean)
                        .mul(scale)
                        .mul(FloatVector.fromMemorySegment(FLOATS, gamma, (long) whole << 2, ORDER, rest))
                        .add(FloatVector.fromMemorySegment(FLOATS, beta, (long) whole << 2, ORDER, rest))
                        .intoMemorySegment(y, (row + whole) << 2, ORDER, rest);
            }
        }
    }

    private static float mean(MemorySegment x, long row, int width, int whole, VectorMask<Float> rest) {
        FloatVector sum = FloatVector.zero(FLOATS);
        for (int i = 0; i < whole; i += WIDTH) {
            sum = sum.add(FloatVector.fromMemorySegment(FLOATS, x, (row + i) << 2, ORDER));
        }
        if (whole < width) {
            sum = sum.add(FloatVector.fromMemorySegment(FLOATS, x, (row + whole) << 2, ORDER, rest));
        }
        return sum.reduceLanes(VectorOperators.ADD) / width;
    }

    private static float inverseDeviation(
            MemorySegment x, long row, int width, int whole, VectorMask<Float> rest, float mean, float eps) {
        FloatVector sum = FloatVector.zero(FLOATS);
        for (int i = 0; i < whole; i += WIDTH) {
            FloatVector d = FloatVector.fromMemorySegment(FLOATS, x, (row + i) << 2, ORDER)
                    .sub(mean);
            sum = d.fma(d, sum);
        }
        if (whole < width) {
            FloatVector d = FloatVector.fromMemorySegment(FLOATS, x, (row + whole) << 2, ORDER, rest)
                    .sub(mean, rest);
            sum = d.fma(d, sum);
        }
        return (float) (1 / Math.sqrt(sum.reduceLanes(VectorOperators.ADD) / width + eps));
    }

    /// dx (R,D), rows `from` to `to`; sums (2,D), starting at float `sumsAt`: the shares of these rows in
    /// dgamma (D) and dbeta (D). Inputs x (R,D), gamma (D), dy (R,D).
    public static void backward(
            MemorySegment dx,
            MemorySegment sums,
            long sumsAt,
            MemorySegment x,
            MemorySegment gamma,
            MemorySegment dy,
            int width,
            float eps,
            int from,
            int to) {
        int whole = FLOATS.loopBound(width);
        VectorMask<Float> rest = FLOATS.indexInRange(whole, width);
        Pointwise.zero(sums, sumsAt, sumsAt + 2L * width);
        for (int r = from; r < to; r++) {
            long row = (long) r * width;
            float mean = mean(x, row, width, whole, rest);
            float scale = inverseDeviation(x, row, width, whole, rest, mean, eps);
            row(dx, sums, sumsAt, x, gamma, dy, width, row, mean, scale);
        }
    }

    private static void row(
            MemorySegment dx,
            MemorySegment sums,
            long sumsAt,
            MemorySegment x,
            MemorySegment gamma,
            MemorySegment dy,
            int width,
            long row,
            float mean,
            float scale) {
        FloatVector sumG = FloatVector.zero(FLOATS);
        FloatVector sumGX = FloatVector.zero(FLOATS);
        for (int i = 0; i < width; i += WIDTH) {
            VectorMask<Float> in = FLOATS.indexInRange(i, width);
            FloatVector normal = FloatVector.fromMemorySegment(FLOATS, x, (row + i) << 2, ORDER, in)
                    .sub(mean)
                    .mul(scale);
            FloatVector d = FloatVector.fromMemorySegment(FLOATS, dy, (row + i) << 2, ORDER, in);
            FloatVector g = d.mul(FloatVector.fromMemorySegment(FLOATS, gamma, (long) i << 2, ORDER, in));
            sumG = sumG.add(g);
            sumGX = g.fma(normal, sumGX);
            long gammaAt = (sumsAt + i) << 2;
            long betaAt = (sumsAt + width + i) << 2;
            d.fma(normal, FloatVector.fromMemorySegment(FLOATS, sums, gammaAt, ORDER, in))
                    .intoMemorySegment(sums, gammaAt, ORDER, in);
            d.add(FloatVector.fromMemorySegment(FLOATS, sums, betaAt, ORDER, in))
                    .intoMemorySegment(sums, betaAt, ORDER, in);
        }
        float meanG = sumG.reduceLanes(VectorOperators.ADD) / width;
        float meanGX = sumGX.reduceLanes(VectorOperators.ADD) / width;
        for (int i = 0; i < width; i += WIDTH) {
            VectorMask<Float> in = FLOATS.indexInRange(i, width);
            FloatVector normal = FloatVector.fromMemorySegment(FLOATS, x, (row + i) << 2, ORDER, in)
                    .sub(mean)
                    .mul(scale);
            FloatVector.fromMemorySegment(FLOATS, dy, (row + i) << 2, ORDER, in)
                    .mul(FloatVector.fromMemorySegment(FLOATS, gamma, (long) i << 2, ORDER, in))
                    .sub(meanG)
                    .sub(normal.mul(meanGX))
                    .mul(scale)
                    .intoMemorySegment(dx, (row + i) << 2, ORDER, in);
        }
    }
}
