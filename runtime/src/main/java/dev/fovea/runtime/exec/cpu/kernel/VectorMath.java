package dev.fovea.runtime.exec.cpu.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

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

    private VectorMath() {}

    /// e^x to about 2 units in the last place, after Cephes' `expf`. Results below 1.2e-38 and above 2.4e38
    /// stop there.
    static FloatVector exp(FloatVector x) {
        FloatVector v = x.max(LEAST).min(MOST);
        FloatVector shifted = v.mul(LOG2_E).add(ROUND);
        FloatVector n = shifted.sub(ROUND);
        FloatVector r = v.sub(n.mul(LN2_HIGH)).sub(n.mul(LN2_LOW));
        FloatVector p = r.mul(1.9875691e-4f).add(0.0013981999f);
        p = p.mul(r).add(0.008333452f);
        p = p.mul(r).add(0.041665796f);
        p = p.mul(r).add(0.16666666f);
        p = p.mul(r).add(0.5f);
        p = p.mul(r).mul(r).add(r).add(1f);
        IntVector exponent = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
        return p.reinterpretAsInts().add(exponent).reinterpretAsFloats();
    }

    /// 1 / (1 + e^-x)
    static FloatVector sigmoid(FloatVector x) {
        return FloatVector.broadcast(Lanes.FLOATS, 1f).div(exp(x.neg()).add(1f));
    }

    /// The part of the normal distribution below x, given `bell` = e^(-x^2/2). Its tail is computed directly,
    /// so small values keep their digits. Absolute error below 2e-7: Abramowitz and Stegun 7.1.26.
    static FloatVector normalCdf(FloatVector x, FloatVector bell) {
        FloatVector one = FloatVector.broadcast(Lanes.FLOATS, 1f);
        FloatVector t = one.div(x.abs().mul(0.3275911f * 0.70710677f).add(1f));
        FloatVector p = t.mul(1.0614054f).sub(1.4531521f);
        p = p.mul(t).add(1.4214138f);
        p = p.mul(t).sub(0.28449672f);
        p = p.mul(t).add(0.2548296f);
        FloatVector tail = p.mul(t).mul(bell).mul(0.5f);
        return one.sub(tail).blend(tail, x.compare(VectorOperators.LT, 0f));
    }
}
