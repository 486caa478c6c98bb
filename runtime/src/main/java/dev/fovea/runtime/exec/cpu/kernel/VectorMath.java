package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOATS;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.WIDTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/// Elementary functions in straight polynomial code.
///
/// **The rule of this package: no method takes or returns a vector.** Whether the compiler inlines an ordinary
/// method depends on how large its caller has grown and on what was compiled before; where it does not, every
/// vector that crosses the call is boxed on the heap, and the kernel is some thirty times too slow. Operations
/// of the JDK itself are always inlined. So the formulas here are written out in each kernel that needs them,
/// from these constants:
///
/// e^x, after Cephes' `expf`, to about 2 units in the last place: x is cut to at least [#LEAST] by compare and
/// blend (which is cheaper than `max` and keeps NaN); adding [#ROUND] to x log2(e) leaves the exponent in the
/// low bits; the polynomial gives e^part; the exponent is added to its bits.
///
/// Phi(x) from bell = e^(-x^2/2), absolute error below 2e-7, Abramowitz and Stegun 7.1.26: the tail is computed
/// directly, so small values keep their digits.
final class VectorMath {
    /// 1.5 * 2^23: adding it rounds a float of moderate size to an integer, which then stands in the low bits.
    static final float ROUND = 12582912f;

    static final float LOG2_E = 1.442695f;
    static final float LN2_HIGH = 0.6933594f;
    static final float LN2_LOW = -2.1219444e-4f;
    /// The smallest exponent; e to its power is 1.2e-38.
    static final float LEAST = -87.33654f;
    /// The largest exponent; e to its power is 2.4e38.
    static final float MOST = 88.37626f;

    static final int EXPONENT_SHIFT = 23;
    static final float EXP_1 = 0.5f;
    static final float EXP_2 = 0.16666666f;
    static final float EXP_3 = 0.041665796f;
    static final float EXP_4 = 0.008333452f;
    static final float EXP_5 = 0.0013981999f;
    static final float EXP_6 = 1.9875691e-4f;

    /// 0.3275911 / sqrt(2)
    static final float CDF_T = 0.2316419f;

    static final float CDF_1 = 0.2548296f;
    static final float CDF_2 = -0.28449672f;
    static final float CDF_3 = 1.4214138f;
    static final float CDF_4 = -1.4531521f;
    static final float CDF_5 = 1.0614054f;

    private VectorMath() {}

    /// The sum of the lanes of a vector stored at the head of `lanes`, halves onto each other. `lanes` is
    /// overwritten. The order is always the same, unlike that of `reduceLanes(ADD)`, which adds in one order
    /// when interpreted and in another when compiled, so that results would depend on when the compiler got
    /// round to it.
    static float sum(float[] lanes) {
        for (int half = WIDTH / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                lanes[i] += lanes[i + half];
            }
        }
        return lanes[0];
    }

    /// x = e^x for the first `count` elements, a multiple of the vector width, none above 88
    static void exp(float[] x, int count) {
        for (int i = 0; i < count; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, i);
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
            e.intoArray(x, i);
        }
    }

    /// 1 / (1 + e^-x)
    static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }
}
