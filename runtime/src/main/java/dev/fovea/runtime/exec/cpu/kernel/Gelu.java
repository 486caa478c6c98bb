package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOATS;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.ORDER;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.WIDTH;
import static dev.fovea.runtime.exec.cpu.kernel.VectorMath.CDF_1;
import static dev.fovea.runtime.exec.cpu.kernel.VectorMath.CDF_2;
import static dev.fovea.runtime.exec.cpu.kernel.VectorMath.CDF_3;
import static dev.fovea.runtime.exec.cpu.kernel.VectorMath.CDF_4;
import static dev.fovea.runtime.exec.cpu.kernel.VectorMath.CDF_5;
import static dev.fovea.runtime.exec.cpu.kernel.VectorMath.CDF_T;
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
import static dev.fovea.runtime.exec.cpu.kernel.VectorMath.MOST;
import static dev.fovea.runtime.exec.cpu.kernel.VectorMath.ROUND;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/// GELU, exact and by tanh, and their gradients. The formulas are those of [VectorMath], written out in each
/// loop.
///
/// Legend: S any shape. The range counts elements, begins at a whole vector, and ends at one or at the end of
/// the arrays, whose memory must reach to the end of the last vector.
public final class Gelu {
    private static final float INVERSE_SQRT_2_PI = 0.3989423f;
    /// 2 sqrt(2 / pi): the tanh form is x sigmoid(u), u = 2 sqrt(2 / pi) (x + 0.044715 x^3)
    private static final float SLOPE = 1.5957692f;

    private static final float CUBIC = 0.044715f;

    private Gelu() {}

    /// y (S) = x * Phi(x), x (S)
    public static void exact(MemorySegment y, MemorySegment x, long from, long to) {
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        for (long i = from; i < to; i += WIDTH) {
            FloatVector v = FloatVector.fromMemorySegment(FLOATS, x, i << 2, ORDER);
            FloatVector exponent = v.mul(v).mul(-0.5f);
            FloatVector bounded = exponent.blend(LEAST, exponent.compare(VectorOperators.LT, LEAST));
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
            FloatVector bell = power.reinterpretAsInts()
                    .add(shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, EXPONENT_SHIFT))
                    .reinterpretAsFloats();
            FloatVector t = one.div(v.abs().fma(CDF_T, 1f));
            FloatVector tail = t.fma(CDF_5, CDF_4);
            tail = tail.fma(t, FloatVector.broadcast(FLOATS, CDF_3));
            tail = tail.fma(t, FloatVector.broadcast(FLOATS, CDF_2));
            tail = tail.fma(t, FloatVector.broadcast(FLOATS, CDF_1));
            tail = tail.mul(t).mul(bell).mul(0.5f);
            FloatVector below = one.sub(tail).blend(tail, v.compare(VectorOperators.LT, 0f));
            v.mul(below).intoMemorySegment(y, i << 2, ORDER);
        }
    }

    /// dx (S) = dy * (Phi(x) + x * phi(x)), x (S), dy (S)
    public static void exactBackward(MemorySegment dx, MemorySegment x, MemorySegment dy, long from, long to) {
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        for (long i = from; i < to; i += WIDTH) {
            FloatVector v = FloatVector.fromMemorySegment(FLOATS, x, i << 2, ORDER);
            FloatVector exponent = v.mul(v).mul(-0.5f);
            FloatVector bounded = exponent.blend(LEAST, exponent.compare(VectorOperators.LT, LEAST));
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
            FloatVector bell = power.reinterpretAsInts()
                    .add(shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, EXPONENT_SHIFT))
                    .reinterpretAsFloats();
            FloatVector t = one.div(v.abs().fma(CDF_T, 1f));
            FloatVector tail = t.fma(CDF_5, CDF_4);
            tail = tail.fma(t, FloatVector.broadcast(FLOATS, CDF_3));
            tail = tail.fma(t, FloatVector.broadcast(FLOATS, CDF_2));
            tail = tail.fma(t, FloatVector.broadcast(FLOATS, CDF_1));
            tail = tail.mul(t).mul(bell).mul(0.5f);
            FloatVector below = one.sub(tail).blend(tail, v.compare(VectorOperators.LT, 0f));
            v.mul(bell)
                    .mul(INVERSE_SQRT_2_PI)
                    .add(below)
                    .mul(FloatVector.fromMemorySegment(FLOATS, dy, i << 2, ORDER))
                    .intoMemorySegment(dx, i << 2, ORDER);
        }
    }

    /// y (S) = 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), x (S)
    public static void tanh(MemorySegment y, MemorySegment x, long from, long to) {
        for (long i = from; i < to; i += WIDTH) {
            FloatVector v = FloatVector.fromMemorySegment(FLOATS, x, i << 2, ORDER);
            FloatVector u = v.mul(v).fma(CUBIC, 1f).mul(v).mul(-SLOPE);
            FloatVector high = u.blend(MOST, u.compare(VectorOperators.GT, MOST));
            FloatVector bounded = high.blend(LEAST, high.compare(VectorOperators.LT, LEAST));
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
            v.div(e.add(1f)).intoMemorySegment(y, i << 2, ORDER);
        }
    }

    /// dx (S) = dy * (s + x s'), s = sigmoid(u) = 1 / (1 + e^-u), s' = u' e^-u s^2, which loses no digits where
    /// s is near 1; x (S), dy (S)
    public static void tanhBackward(MemorySegment dx, MemorySegment x, MemorySegment dy, long from, long to) {
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        for (long i = from; i < to; i += WIDTH) {
            FloatVector v = FloatVector.fromMemorySegment(FLOATS, x, i << 2, ORDER);
            FloatVector square = v.mul(v);
            FloatVector u = square.fma(CUBIC, 1f).mul(v).mul(-SLOPE);
            FloatVector high = u.blend(MOST, u.compare(VectorOperators.GT, MOST));
            FloatVector bounded = high.blend(LEAST, high.compare(VectorOperators.LT, LEAST));
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
            FloatVector s = one.div(e.add(1f));
            FloatVector inner = square.fma(3 * CUBIC, 1f).mul(SLOPE);
            v.mul(inner)
                    .mul(e.mul(s))
                    .mul(s)
                    .add(s)
                    .mul(FloatVector.fromMemorySegment(FLOATS, dy, i << 2, ORDER))
                    .intoMemorySegment(dx, i << 2, ORDER);
        }
    }
}
