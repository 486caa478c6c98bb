package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOATS;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.WIDTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/// Elementary functions on vectors, in straight polynomial code. A lane's result does not depend on its
/// neighbours, and NaN stays NaN.
final class VectorMath {
    /// 1.5 * 2^23: adding it rounds a float of moderate size to an integer, which then stands in the low bits.
    private static final float ROUND = 12582912f;
    private static final float LOG2_E = 1.442695f;
    private static final float LN2_HIGH = 0.6933594f;
    private static final float LN2_LOW = -2.1219444e-4f;
    private static final float LEAST = -87.33654f;
    private static final float MOST = 88.37626f;

    private static final VectorShuffle<Float> BY_1 = VectorShuffle.iota(FLOATS, 1, 1, true);
    private static final VectorShuffle<Float> BY_2 = VectorShuffle.iota(FLOATS, 2, 1, true);
    private static final VectorShuffle<Float> BY_4 = VectorShuffle.iota(FLOATS, 4, 1, true);
    private static final VectorShuffle<Float> BY_8 = VectorShuffle.iota(FLOATS, 8, 1, true);

    private VectorMath() {}

    /// The sum of the lanes, always in the same order: halves onto each other, then quarters, and so on.
    /// `reduceLanes(ADD)` adds in one order when interpreted and in another when compiled, so results would
    /// depend on when the compiler got round to it.
    static float sum(FloatVector x) {
        if (WIDTH > 16) {
            return sumOneByOne(x);
        }
        FloatVector v = x;
        if (WIDTH > 8) {
            v = v.add(v.rearrange(BY_8));
        }
        if (WIDTH > 4) {
            v = v.add(v.rearrange(BY_4));
        }
        if (WIDTH > 2) {
            v = v.add(v.rearrange(BY_2));
        }
        return v.add(v.rearrange(BY_1)).lane(0);
    }

    private static float sumOneByOne(FloatVector x) {
        float sum = 0f;
        for (int i = 0; i < WIDTH; i++) {
            sum += x.lane(i);
        }
        return sum;
    }

    /// e^x to about 2 units in the last place, after Cephes' `expf`. Results below 1.2e-38 and above 2.4e38
    /// stop there.
    static FloatVector exp(FloatVector x) {
        return expUpTo(x.blend(MOST, x.compare(VectorOperators.GT, MOST)));
    }

    /// As [#exp], for x that is not above 88.
    static FloatVector expUpTo(FloatVector x) {
        FloatVector v = x.blend(LEAST, x.compare(VectorOperators.LT, LEAST)); // cheaper than max, and keeps NaN
        FloatVector shifted = v.fma(LOG2_E, ROUND);
        FloatVector n = shifted.sub(ROUND);
        FloatVector r = n.fma(FloatVector.broadcast(FLOATS, -LN2_HIGH), v);
        r = n.fma(FloatVector.broadcast(FLOATS, -LN2_LOW), r);
        FloatVector p = r.fma(1.9875691e-4f, 0.0013981999f);
        p = p.fma(r, FloatVector.broadcast(FLOATS, 0.008333452f));
        p = p.fma(r, FloatVector.broadcast(FLOATS, 0.041665796f));
        p = p.fma(r, FloatVector.broadcast(FLOATS, 0.16666666f));
        p = p.fma(r, FloatVector.broadcast(FLOATS, 0.5f));
        p = p.fma(r.mul(r), r).add(1f);
        IntVector exponent = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
        return p.reinterpretAsInts().add(exponent).reinterpretAsFloats();
    }

    /// 1 / (1 + e^-x)
    static FloatVector sigmoid(FloatVector x) {
        return FloatVector.broadcast(FLOATS, 1f).div(exp(x.neg()).add(1f));
    }

    /// The part of the normal distribution below x, given `bell` = e^(-x^2/2). Its tail is computed directly,
    /// so small values keep their digits. Absolute error below 2e-7: Abramowitz and Stegun 7.1.26.
    static FloatVector normalCdf(FloatVector x, FloatVector bell) {
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        FloatVector t = one.div(x.abs().mul(0.3275911f * 0.70710677f).add(1f));
        FloatVector p = t.fma(1.0614054f, -1.4531521f);
        p = p.fma(t, FloatVector.broadcast(FLOATS, 1.4214138f));
        p = p.fma(t, FloatVector.broadcast(FLOATS, -0.28449672f));
        p = p.fma(t, FloatVector.broadcast(FLOATS, 0.2548296f));
        FloatVector tail = p.mul(t).mul(bell).mul(0.5f);
        return one.sub(tail).blend(tail, x.compare(VectorOperators.LT, 0f));
    }
}
