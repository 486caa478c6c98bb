package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOAT;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOATS;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.ORDER;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.WIDTH;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// Floats rounded to bfloat16, the upper half of a float: to nearest, ties to even. NaN stays NaN, and what is
/// beyond the largest finite number becomes infinite.
public final class Bfloat16 {
    private static final VectorSpecies<Short> SHORTS =
            VectorSpecies.of(short.class, VectorShape.forBitSize(FLOATS.vectorBitSize() / 2));

    private Bfloat16() {}

    /// The upper half of the rounded float.
    public static short narrow(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
    }

    /// The rounded float.
    public static float round(float value) {
        return Float.intBitsToFloat(narrow(value) << 16);
    }

    /// y (S) = x (S) rounded, from element `yAt` and `xAt` on, `count` elements; y may be x.
    public static void round(MemorySegment y, long yAt, MemorySegment x, long xAt, int count) {
        int i = 0;
        for (; i <= count - WIDTH; i += WIDTH) {
            FloatVector floats = FloatVector.fromMemorySegment(FLOATS, x, (xAt + i) << 2, ORDER);
            IntVector bits = floats.reinterpretAsInts();
            VectorMask<Integer> nan = bits.and(0x7fff_ffff).compare(VectorOperators.GT, 0x7f80_0000);
            IntVector odd = bits.lanewise(VectorOperators.LSHR, 16).and(1);
            bits.add(0x7fff)
                    .add(odd)
                    .blend(bits.or(0x40_0000), nan)
                    .and(0xffff_0000)
                    .intoMemorySegment(y, (yAt + i) << 2, ORDER);
        }
        for (; i < count; i++) {
            y.set(FLOAT, (yAt + i) << 2, round(x.get(FLOAT, (xAt + i) << 2)));
        }
    }

    /// y (S), two bytes an element, = x (S) rounded; from element `yAt` and `xAt` on, `count` elements
    public static void narrow(MemorySegment y, long yAt, MemorySegment x, long xAt, int count) {
        int i = 0;
        for (; i <= count - WIDTH; i += WIDTH) {
            FloatVector floats = FloatVector.fromMemorySegment(FLOATS, x, (xAt + i) << 2, ORDER);
            IntVector bits = floats.reinterpretAsInts();
            VectorMask<Integer> nan = bits.and(0x7fff_ffff).compare(VectorOperators.GT, 0x7f80_0000);
            IntVector odd = bits.lanewise(VectorOperators.LSHR, 16).and(1);
            bits.add(0x7fff)
                    .add(odd)
                    .blend(bits.or(0x40_0000), nan)
                    .lanewise(VectorOperators.LSHR, 16)
                    .convertShape(VectorOperators.I2S, SHORTS, 0)
                    .reinterpretAsShorts()
                    .intoMemorySegment(y, (yAt + i) << 1, ORDER);
        }
        for (; i < count; i++) {
            y.set(ValueLayout.JAVA_SHORT, (yAt + i) << 1, narrow(x.get(FLOAT, (xAt + i) << 2)));
        }
    }
}
