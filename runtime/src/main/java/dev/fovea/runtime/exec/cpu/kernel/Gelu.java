package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOATS;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.ORDER;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.WIDTH;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/// GELU, exact and by tanh, and their gradients.
///
/// Legend: S any shape; the range counts elements.
public final class Gelu {
    private static final float INVERSE_SQRT_2_PI = 0.3989423f;
    /// 2 sqrt(2 / pi): the tanh form is x * sigmoid(2u), u = sqrt(2/pi) (x + 0.044715 x^3)
    private static final float SLOPE = 1.5957692f;

    private static final float CUBIC = 0.044715f;

    private Gelu() {}

    /// y (S) = x * Phi(x), x (S)
    public static void exact(MemorySegment y, MemorySegment x, long from, long to) {
        long i = from;
        for (; i <= to - WIDTH; i += WIDTH) {
            exact(FloatVector.fromMemorySegment(FLOATS, x, i << 2, ORDER)).intoMemorySegment(y, i << 2, ORDER);
        }
        if (i < to) {
            VectorMask<Float> rest = FLOATS.indexInRange(i, to);
            exact(FloatVector.fromMemorySegment(FLOATS, x, i << 2, ORDER, rest))
                    .intoMemorySegment(y, i << 2, ORDER, rest);
        }
    }

    private static FloatVector exact(FloatVector x) {
        return x.mul(VectorMath.normalCdf(x, VectorMath.expUpTo(x.mul(x).mul(-0.5f))));
    }

    /// dx (S) = dy * (Phi(x) + x * phi(x)), x (S), dy (S)
    public static void exactBackward(MemorySegment dx, MemorySegment x, MemorySegment dy, long from, long to) {
        long i = from;
        for (; i <= to - WIDTH; i += WIDTH) {
            exactSlope(FloatVector.fromMemorySegment(FLOATS, x, i << 2, ORDER))
                    .mul(FloatVector.fromMemorySegment(FLOATS, dy, i << 2, ORDER))
                    .intoMemorySegment(dx, i << 2, ORDER);
        }
        if (i < to) {
            VectorMask<Float> rest = FLOATS.indexInRange(i, to);
            exactSlope(FloatVector.fromMemorySegment(FLOATS, x, i << 2, ORDER, rest))
                    .mul(FloatVector.fromMemorySegment(FLOATS, dy, i << 2, ORDER, rest))
                    .intoMemorySegment(dx, i << 2, ORDER, rest);
        }
    }

    private static FloatVector exactSlope(FloatVector x) {
        FloatVector bell = VectorMath.expUpTo(x.mul(x).mul(-0.5f));
        return x.mul(bell).mul(INVERSE_SQRT_2_PI).add(VectorMath.normalCdf(x, bell));
    }

    /// y (S) = 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), x (S)
    public static void tanh(MemorySegment y, MemorySegment x, long from, long to) {
        long i = from;
        for (; i <= to - WIDTH; i += WIDTH) {
            tanh(FloatVector.fromMemorySegment(FLOATS, x, i << 2, ORDER)).intoMemorySegment(y, i << 2, ORDER);
        }
        if (i < to) {
            VectorMask<Float> rest = FLOATS.indexInRange(i, to);
            tanh(FloatVector.fromMemorySegment(FLOATS, x, i << 2, ORDER, rest))
                    .intoMemorySegment(y, i << 2, ORDER, rest);
        }
    }

    private static FloatVector tanh(FloatVector x) {
        FloatVector u = x.mul(x).mul(CUBIC).add(1f).mul(x).mul(SLOPE);
        return x.mul(VectorMath.sigmoid(u));
    }

    /// dx (S) = dy * the derivative of [#tanh] at x, x (S), dy (S)
    public static void tanhBackward(MemorySegment dx, MemorySegment x, MemorySegment dy, long from, long to) {
        long i = from;
        for (; i <= to - WIDTH; i += WIDTH) {
            tanhSlope(FloatVector.fromMemorySegment(FLOATS, x, i << 2, ORDER))
                    .mul(FloatVector.fromMemorySegment(FLOATS, dy, i << 2, ORDER))
                    .intoMemorySegment(dx, i << 2, ORDER);
        }
        if (i < to) {
            VectorMask<Float> rest = FLOATS.indexInRange(i, to);
            tanhSlope(FloatVector.fromMemorySegment(FLOATS, x, i << 2, ORDER, rest))
                    .mul(FloatVector.fromMemorySegment(FLOATS, dy, i << 2, ORDER, rest))
                    .intoMemorySegment(dx, i << 2, ORDER, rest);
        }
    }

    private static FloatVector tanhSlope(FloatVector x) {
        FloatVector square = x.mul(x);
        FloatVector s = VectorMath.sigmoid(square.mul(CUBIC).add(1f).mul(x).mul(SLOPE));
        FloatVector inner = square.mul(3 * CUBIC).add(1f).mul(SLOPE);
        return x.mul(inner).mul(s).mul(s.neg().add(1f)).add(s);
    }
}
