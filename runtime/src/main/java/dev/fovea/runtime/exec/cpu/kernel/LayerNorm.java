package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOAT;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOATS;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.ORDER;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.WIDTH;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

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
        float[] lanes = new float[WIDTH];
        for (int r = from; r < to; r++) {
            long row = (long) r * width;
            float mean = mean(x, row, width, lanes);
            float scale = inverseDeviation(x, row, width, mean, eps, lanes);
            int i = 0;
            for (; i <= width - WIDTH; i += WIDTH) {
                FloatVector.fromMemorySegment(FLOATS, x, (row + i) << 2, ORDER)
                        .sub(mean)
                        .mul(scale)
                        .mul(FloatVector.fromMemorySegment(FLOATS, gamma, (long) i << 2, ORDER))
                        .add(FloatVector.fromMemorySegment(FLOATS, beta, (long) i << 2, ORDER))
                        .intoMemorySegment(y, (row + i) << 2, ORDER);
            }
            for (; i < width; i++) {
                float normal = (x.getAtIndex(FLOAT, row + i) - mean) * scale;
                y.setAtIndex(FLOAT, row + i, normal * gamma.getAtIndex(FLOAT, i) + beta.getAtIndex(FLOAT, i));
            }
        }
    }

    private static float mean(MemorySegment x, long row, int width, float[] lanes) {
        FloatVector sums = FloatVector.zero(FLOATS);
        int i = 0;
        for (; i <= width - WIDTH; i += WIDTH) {
            sums = sums.add(FloatVector.fromMemorySegment(FLOATS, x, (row + i) << 2, ORDER));
        }
        sums.intoArray(lanes, 0);
        float sum = VectorMath.sum(lanes);
        for (; i < width; i++) {
            sum += x.getAtIndex(FLOAT, row + i);
        }
        return sum / width;
    }

    private static float inverseDeviation(MemorySegment x, long row, int width, float mean, float eps, float[] lanes) {
        FloatVector sums = FloatVector.zero(FLOATS);
        int i = 0;
        for (; i <= width - WIDTH; i += WIDTH) {
            FloatVector d = FloatVector.fromMemorySegment(FLOATS, x, (row + i) << 2, ORDER)
                    .sub(mean);
            sums = d.fma(d, sums);
        }
        sums.intoArray(lanes, 0);
        float sum = VectorMath.sum(lanes);
        for (; i < width; i++) {
            float d = x.getAtIndex(FLOAT, row + i) - mean;
            sum += d * d;
        }
        return (float) (1 / Math.sqrt(sum / width + eps));
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
        Pointwise.zero(sums, sumsAt, sumsAt + 2L * width);
        float[] lanes = new float[WIDTH];
        for (int r = from; r < to; r++) {
            long row = (long) r * width;
            float mean = mean(x, row, width, lanes);
            float scale = inverseDeviation(x, row, width, mean, eps, lanes);
            addShares(sums, sumsAt, x, dy, width, row, mean, scale);
            row(dx, x, gamma, dy, width, row, mean, scale, lanes);
        }
    }

    /// sums (2,D) += dy * normal, dy of one row
    private static void addShares(
            MemorySegment sums,
            long sumsAt,
            MemorySegment x,
            MemorySegment dy,
            int width,
            long row,
            float mean,
            float scale) {
        int i = 0;
        for (; i <= width - WIDTH; i += WIDTH) {
            FloatVector normal = FloatVector.fromMemorySegment(FLOATS, x, (row + i) << 2, ORDER)
                    .sub(mean)
                    .mul(scale);
            FloatVector d = FloatVector.fromMemorySegment(FLOATS, dy, (row + i) << 2, ORDER);
            long gammaAt = (sumsAt + i) << 2;
            long betaAt = (sumsAt + width + i) << 2;
            d.fma(normal, FloatVector.fromMemorySegment(FLOATS, sums, gammaAt, ORDER))
                    .intoMemorySegment(sums, gammaAt, ORDER);
            d.add(FloatVector.fromMemorySegment(FLOATS, sums, betaAt, ORDER)).intoMemorySegment(sums, betaAt, ORDER);
        }
        for (; i < width; i++) {
            float normal = (x.getAtIndex(FLOAT, row + i) - mean) * scale;
            float d = dy.getAtIndex(FLOAT, row + i);
            Pointwise.addTo(sums, sumsAt + i, d * normal);
            Pointwise.addTo(sums, sumsAt + width + i, d);
        }
    }

    /// dx of one row = scale * (dy gamma - mean(dy gamma) - normal mean(dy gamma normal))
    private static void row(
            MemorySegment dx,
            MemorySegment x,
            MemorySegment gamma,
            MemorySegment dy,
            int width,
            long row,
            float mean,
            float scale,
            float[] lanes) {
        FloatVector sumsG = FloatVector.zero(FLOATS);
        FloatVector sumsGX = FloatVector.zero(FLOATS);
        int i = 0;
        for (; i <= width - WIDTH; i += WIDTH) {
            FloatVector normal = FloatVector.fromMemorySegment(FLOATS, x, (row + i) << 2, ORDER)
                    .sub(mean)
                    .mul(scale);
            FloatVector g = FloatVector.fromMemorySegment(FLOATS, dy, (row + i) << 2, ORDER)
                    .mul(FloatVector.fromMemorySegment(FLOATS, gamma, (long) i << 2, ORDER));
            sumsG = sumsG.add(g);
            sumsGX = g.fma(normal, sumsGX);
        }
        sumsG.intoArray(lanes, 0);
        float sumG = VectorMath.sum(lanes);
        sumsGX.intoArray(lanes, 0);
        float sumGX = VectorMath.sum(lanes);
        for (; i < width; i++) {
            float g = dy.getAtIndex(FLOAT, row + i) * gamma.getAtIndex(FLOAT, i);
            sumG += g;
            sumGX += g * (x.getAtIndex(FLOAT, row + i) - mean) * scale;
        }
        write(dx, x, gamma, dy, width, row, mean, scale, sumG / width, sumGX / width);
    }

    private static void write(
            MemorySegment dx,
            MemorySegment x,
            MemorySegment gamma,
            MemorySegment dy,
            int width,
            long row,
            float mean,
            float scale,
            float meanG,
            float meanGX) {
        int i = 0;
        for (; i <= width - WIDTH; i += WIDTH) {
            FloatVector normal = FloatVector.fromMemorySegment(FLOATS, x, (row + i) << 2, ORDER)
                    .sub(mean)
                    .mul(scale);
            FloatVector.fromMemorySegment(FLOATS, dy, (row + i) << 2, ORDER)
                    .mul(FloatVector.fromMemorySegment(FLOATS, gamma, (long) i << 2, ORDER))
                    .sub(meanG)
                    .sub(normal.mul(meanGX))
                    .mul(scale)
                    .intoMemorySegment(dx, (row + i) << 2, ORDER);
        }
        for (; i < width; i++) {
            float normal = (x.getAtIndex(FLOAT, row + i) - mean) * scale;
            float g = dy.getAtIndex(FLOAT, row + i) * gamma.getAtIndex(FLOAT, i);
            dx.setAtIndex(FLOAT, row + i, (g - meanG - normal * meanGX) * scale);
        }
    }
}
