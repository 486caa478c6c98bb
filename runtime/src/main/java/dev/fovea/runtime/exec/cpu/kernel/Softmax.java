package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOATS;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.WIDTH;
import static dev.fovea.runtime.exec.cpu.kernel.VectorMath.EXPONENT_SHIFT;
import static dev.fovea.runtime.exec.cpu.kernel.VectorMath.EXP_1;
import static dev.fovea.runtime.exec.cpu.kernel.VectorMath.EXP_2;
import static dev.fovea.runtime.exec.cpu.kernel.VectorMath.EXP_3;
import static dev.fovea.runtime.exec.cpu.kernel.VectorMath.EXP_4;
import static dev.fovea.runtime.exec.cpu.kernel.VectorMath.EXP_5;
import static dev.fovea.runtime.exec.cpu.kernel.VectorMath.EXP_6;
import static dev.fovea.runtime.exec.cpu.kernel.VectorMath.LEAST;
import static dev.fovea.runtime.exec.cpu.kernel.VectorMath.LN2_HIGH;
import static dev.fovea.runtime.exec.cpu.kernel.VectorMath.LN2_LOW;
import static dev.fovea.runtime.exec.cpu.kernel.VectorMath.LOG2_E;
import static dev.fovea.runtime.exec.cpu.kernel.VectorMath.ROUND;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/// The parts of attention between its matrix products, on blocks of scores (S,L) held in an array.
///
/// Legend: S rows in use, L lanes (a multiple of the vector width).
final class Softmax {
    private Softmax() {}

    /// One step of the softmax of columns that arrive in blocks (Milakov and Gimelshein, 2018): scores (S,L)
    /// become e^(score - most), most (L) the maximum so far, total (L) the sum of exponentials so far, factor
    /// (L) what sums made with the old maximum must be multiplied by.
    static void online(float[] scores, float[] most, float[] total, float[] factor, int rows, int lanes) {
        maximum(scores, most, factor, rows, lanes);
        VectorMath.exp(factor, lanes);
        exponentials(scores, most, total, factor, rows, lanes);
    }

    /// most (L) = the maximum of itself and the scores, factor (L) = the old one minus the new one. By compare
    /// and blend: `max` looks at signs of zero too and takes several times as long. NaN is left to the sums.
    private static void maximum(float[] scores, float[] most, float[] factor, int rows, int lanes) {
        for (int j = 0; j < lanes; j += WIDTH) {
            FloatVector old = FloatVector.fromArray(FLOATS, most, j);
            FloatVector even = old;
            FloatVector odd = old;
            int r = 0;
            for (; r <= rows - 2; r += 2) {
                FloatVector a = FloatVector.fromArray(FLOATS, scores, r * lanes + j);
                FloatVector b = FloatVector.fromArray(FLOATS, scores, (r + 1) * lanes + j);
                even = even.blend(a, a.compare(VectorOperators.GT, even));
                odd = odd.blend(b, b.compare(VectorOperators.GT, odd));
            }
            if (r < rows) {
                FloatVector a = FloatVector.fromArray(FLOATS, scores, r * lanes + j);
                even = even.blend(a, a.compare(VectorOperators.GT, even));
            }
            FloatVector max = even.blend(odd, odd.compare(VectorOperators.GT, even));
            max.intoArray(most, j);
            old.sub(max).intoArray(factor, j);
        }
    }

    private static void exponentials(float[] scores, float[] most, float[] total, float[] factor, int rows, int lanes) {
        for (int j = 0; j < lanes; j += WIDTH) {
            FloatVector max = FloatVector.fromArray(FLOATS, most, j);
            FloatVector sum = FloatVector.fromArray(FLOATS, total, j).mul(FloatVector.fromArray(FLOATS, factor, j));
            for (int r = 0; r < rows; r++) {
                FloatVector v =
                        FloatVector.fromArray(FLOATS, scores, r * lanes + j).sub(max);
                FloatVector bounded = v.blend(LEAST, v.compare(VectorOperators.LT, LEAST));
                FloatVector shifted = bounded.fma(LOG2_E, ROUND);
                FloatVector whole = shifted.sub(ROUND);
                FloatVector part = whole.fma(FloatVector.broadcast(FLOATS, -LN2_HIGH), bounded);
                part = whole.fma(FloatVector.broadcast(FLOATS, -LN2_LOW), part);
                FloatVector power = part.fma(EXP_6, EXP_5);
                power = power.fma(part, FloatVector.broadcast(FLOATS, EXP_4));
                power = power.fma(part, FloatVector.broadcast(FLOATS, EXP_3));
                power = power.fma(part, FloatVector.broadcast(FLOATS, EXP_2));
                power = power.fma(part, FloatVector.broadcast(FLOATS, EXP_1));
                power = power.fma(part.mul(part), part).add(1f);
                FloatVector e = power.reinterpretAsInts()
                        .add(shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, EXPONENT_SHIFT))
                        .reinterpretAsFloats();
                sum = sum.add(e);
                e.intoArray(scores, r * lanes + j);
            }
            sum.intoArray(total, j);
        }
    }

    /// values (S,L) *= factor (L)
    static void scaleColumns(float[] values, float[] factor, int rows, int lanes) {
        for (int r = 0; r < rows; r++) {
            for (int j = 0; j < lanes; j += WIDTH) {
                FloatVector.fromArray(FLOATS, values, r * lanes + j)
                        .mul(FloatVector.fromArray(FLOATS, factor, j))
                        .intoArray(values, r * lanes + j);
            }
        }
    }

    /// values[0 .. count] *= factor; count a multiple of the vector width
    static void scale(float[] values, float factor, int count) {
        for (int i = 0; i < count; i += WIDTH) {
            FloatVector.fromArray(FLOATS, values, i).mul(factor).intoArray(values, i);
        }
    }

    /// values[to .. to + count] += values[from .. from + count]; count a multiple of the vector width
    static void add(float[] values, int to, int from, int count) {
        for (int i = 0; i < count; i += WIDTH) {
            FloatVector.fromArray(FLOATS, values, to + i)
                    .add(FloatVector.fromArray(FLOATS, values, from + i))
                    .intoArray(values, to + i);
        }
    }

    /// Row `r` of scores (S,L) becomes the probabilities e^(scores - logSum), the same row of slopes (S,L)
    /// their product with (slopes - mean)
    static void slopesOfRow(float[] scores, float[] slopes, float logSum, float mean, int r, int lanes) {
        for (int j = 0; j < lanes; j += WIDTH) {
            int at = r * lanes + j;
            FloatVector v = FloatVector.fromArray(FLOATS, scores, at).sub(logSum);
            FloatVector bounded = v.blend(LEAST, v.compare(VectorOperators.LT, LEAST));
            FloatVector shifted = bounded.fma(LOG2_E, ROUND);
            FloatVector whole = shifted.sub(ROUND);
            FloatVector part = whole.fma(FloatVector.broadcast(FLOATS, -LN2_HIGH), bounded);
            part = whole.fma(FloatVector.broadcast(FLOATS, -LN2_LOW), part);
            FloatVector power = part.fma(EXP_6, EXP_5);
            power = power.fma(part, FloatVector.broadcast(FLOATS, EXP_4));
            power = power.fma(part, FloatVector.broadcast(FLOATS, EXP_3));
            power = power.fma(part, FloatVector.broadcast(FLOATS, EXP_2));
            power = power.fma(part, FloatVector.broadcast(FLOATS, EXP_1));
            power = power.fma(part.mul(part), part).add(1f);
            FloatVector e = power.reinterpretAsInts()
                    .add(shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, EXPONENT_SHIFT))
                    .reinterpretAsFloats();
            e.intoArray(scores, at);
            e.mul(FloatVector.fromArray(FLOATS, slopes, at).sub(mean)).intoArray(slopes, at);
        }
    }
}
