package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOATS;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.WIDTH;

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
        for (int j = 0; j < lanes; j += WIDTH) {
            maximum(scores, most, factor, rows, lanes, j);
            exponentials(scores, most, total, factor, rows, lanes, j);
        }
    }

    private static void maximum(float[] scores, float[] most, float[] factor, int rows, int lanes, int j) {
        FloatVector old = FloatVector.fromArray(FLOATS, most, j);
        FloatVector even = old;
        FloatVector odd = old;
        int r = 0;
        for (; r <= rows - 2; r += 2) {
            even = larger(even, FloatVector.fromArray(FLOATS, scores, r * lanes + j));
            odd = larger(odd, FloatVector.fromArray(FLOATS, scores, (r + 1) * lanes + j));
        }
        if (r < rows) {
            even = larger(even, FloatVector.fromArray(FLOATS, scores, r * lanes + j));
        }
        FloatVector max = larger(even, odd);
        max.intoArray(most, j);
        VectorMath.expUpTo(old.sub(max)).intoArray(factor, j);
    }

    /// The larger of both, `a` where `b` is NaN; several times as fast as `max`, which looks at signs of zero
    /// too.
    private static FloatVector larger(FloatVector a, FloatVector b) {
        return a.blend(b, b.compare(VectorOperators.GT, a));
    }

    private static void exponentials(
            float[] scores, float[] most, float[] total, float[] factor, int rows, int lanes, int j) {
        FloatVector max = FloatVector.fromArray(FLOATS, most, j);
        FloatVector sum = FloatVector.fromArray(FLOATS, total, j).mul(FloatVector.fromArray(FLOATS, factor, j));
        for (int r = 0; r < rows; r++) {
            FloatVector e = VectorMath.expUpTo(
                    FloatVector.fromArray(FLOATS, scores, r * lanes + j).sub(max));
            sum = sum.add(e);
            e.intoArray(scores, r * lanes + j);
        }
        sum.intoArray(total, j);
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

    /// scores (S,L) = e^(scores - logSum) (slopes - mean), with one logSum and mean (L) a column: the gradient
    /// in the scores
    static void slopesByColumn(float[] scores, float[] slopes, float[] logSum, float[] mean, int rows, int lanes) {
        for (int r = 0; r < rows; r++) {
            for (int j = 0; j < lanes; j += WIDTH) {
                int at = r * lanes + j;
                VectorMath.expUpTo(
                                FloatVector.fromArray(FLOATS, scores, at).sub(FloatVector.fromArray(FLOATS, logSum, j)))
                        .mul(FloatVector.fromArray(FLOATS, slopes, at).sub(FloatVector.fromArray(FLOATS, mean, j)))
                        .intoArray(scores, at);
            }
        }
    }

    /// Row `r` of scores (S,L) becomes the probabilities e^(scores - logSum), the same row of slopes (S,L)
    /// their product with (slopes - mean)
    static void slopesOfRow(float[] scores, float[] slopes, float logSum, float mean, int r, int lanes) {
        for (int j = 0; j < lanes; j += WIDTH) {
            int at = r * lanes + j;
            FloatVector p =
                    VectorMath.expUpTo(FloatVector.fromArray(FLOATS, scores, at).sub(logSum));
            p.intoArray(scores, at);
            p.mul(FloatVector.fromArray(FLOATS, slopes, at).sub(mean)).intoArray(slopes, at);
        }
    }
}
