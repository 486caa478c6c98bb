package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOAT;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOATS;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.ORDER;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.WIDTH;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/// Floats rounded to bfloat16, the upper half of a float: to nearest, ties to even. NaN stays NaN, and what is
/// beyond the largest finite number becomes infinite. Loads and stores are of whole vectors of floats, as
/// [Interleave] explains.
public final class Bfloat16 {
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT;
    private static final boolean LITTLE = ORDER == ByteOrder.LITTLE_ENDIAN;
    /// The places of even and of odd numbers in two vectors, one after the other.
    private static final IntVector EVEN = IntVector.fromArray(IntVector.SPECIES_PREFERRED, every(0), 0);
    private static final IntVector ODD = IntVector.fromArray(IntVector.SPECIES_PREFERRED, every(1), 0);

    private Bfloat16() {}

    private static int[] every(int first) {
        int[] lanes = new int[WIDTH];
        Arrays.setAll(lanes, i -> first + 2 * i);
        return lanes;
    }

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
                    .reinterpretAsFloats()
                    .intoMemorySegment(y, (yAt + i) << 2, ORDER);
        }
        for (; i < count; i++) {
            y.set(FLOAT, (yAt + i) << 2, round(x.get(FLOAT, (xAt + i) << 2)));
        }
    }

    /// y (S), two bytes an element, = x (S) rounded; from element `yAt` and `xAt` on, `count` elements
    public static void narrow(MemorySegment y, long yAt, MemorySegment x, long xAt, int count) {
        int i = 0;
        if (LITTLE) {
            for (; i <= count - 2 * WIDTH; i += 2 * WIDTH) {
                pairs(y, (yAt + i) << 1, x, xAt + i);
            }
        }
        for (; i < count; i++) {
            y.set(SHORT, (yAt + i) << 1, narrow(x.get(FLOAT, (xAt + i) << 2)));
        }
    }

    /// Two vectors of floats become one, whose lanes hold a number of even place below its neighbour.
    private static void pairs(MemorySegment y, long yByte, MemorySegment x, long xAt) {
        IntVector first =
                FloatVector.fromMemorySegment(FLOATS, x, xAt << 2, ORDER).reinterpretAsInts();
        IntVector second = FloatVector.fromMemorySegment(FLOATS, x, (xAt + WIDTH) << 2, ORDER)
                .reinterpretAsInts();
        IntVector even = EVEN.selectFrom(first, second);
        IntVector odd = ODD.selectFrom(first, second);
        VectorMask<Integer> evenNan = even.and(0x7fff_ffff).compare(VectorOperators.GT, 0x7f80_0000);
        VectorMask<Integer> oddNan = odd.and(0x7fff_ffff).compare(VectorOperators.GT, 0x7f80_0000);
        IntVector evenTie = even.lanewise(VectorOperators.LSHR, 16).and(1);
        IntVector oddTie = odd.lanewise(VectorOperators.LSHR, 16).and(1);
        IntVector low = even.add(0x7fff).add(evenTie).blend(even.or(0x40_0000), evenNan);
        IntVector high = odd.add(0x7fff).add(oddTie).blend(odd.or(0x40_0000), oddNan);
        low.lanewise(VectorOperators.LSHR, 16)
                .or(high.and(0xffff_0000))
                .reinterpretAsFloats()
                .intoMemorySegment(y, yByte, ORDER);
    }
}
