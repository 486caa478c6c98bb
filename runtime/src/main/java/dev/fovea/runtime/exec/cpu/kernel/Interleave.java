package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOATS;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.ORDER;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.WIDTH;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/// Turns a few lines around: L lines of W floats become W groups of L floats, one from each line.
///
/// A perfect shuffle: zipping line i with line i + L/2, log2(L) times over, moves the bits of the line's number
/// from the front of an element's address to its end. Flat on purpose, as [Tile8x3] explains. All loads and
/// stores are of whole vectors of floats: where another kind of vector goes through the same methods of the
/// Vector API, the
/// compiler may lose track of which of them a variable holds, here and in other kernels.
///
/// Legend: W floats of a vector, L = W / 2 lines.
final class Interleave {
    /// L where vectors have 256 or 512 bits; narrower ones gain nothing from shuffles.
    static final int LINES = WIDTH == 16 || WIDTH == 8 ? WIDTH / 2 : 0;

    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    /// Which lanes of two vectors, one after the other, make the lower and the upper half of both zipped. As
    /// integers: `rearrange` of two vectors does the same through methods that the compiler does not always
    /// inline.
    private static final IntVector LOW = IntVector.fromArray(INTS, zip(0), 0);
    private static final IntVector HIGH = IntVector.fromArray(INTS, zip(WIDTH / 2), 0);
    /// Which lanes make the lower halves and the upper halves of two vectors beside each other.
    private static final IntVector LOW_HALVES = IntVector.fromArray(INTS, halves(0), 0);
    private static final IntVector HIGH_HALVES = IntVector.fromArray(INTS, halves(WIDTH / 2), 0);

    private Interleave() {}

    private static int[] zip(int first) {
        int[] lanes = new int[WIDTH];
        Arrays.setAll(lanes, i -> first + i / 2 + i % 2 * WIDTH);
        return lanes;
    }

    private static int[] halves(int first) {
        int[] lanes = new int[WIDTH];
        Arrays.setAll(lanes, i -> first + i % (WIDTH / 2) + i / (WIDTH / 2) * WIDTH);
        return lanes;
    }

    /// to (W,L) at `at` = source (L,W) turned around, its lines `stride` floats apart
    static void lines(float[] to, int at, MemorySegment source, long offset, int stride) {
        if (LINES == 8) {
            eight(to, at, source, offset, stride);
        } else {
            four(to, at, source, offset, stride);
        }
    }

    /// As [#lines], from an array.
    static void lines(float[] to, int at, float[] source, int offset, int stride) {
        if (LINES == 8) {
            eight(to, at, source, offset, stride);
        } else {
            four(to, at, source, offset, stride);
        }
    }

    /// to (W,W), its rows `stride` floats apart = two results (W,L) of [#lines], beside each other in `from`
    static void join(float[] to, int at, int stride, float[] from) {
        for (int i = 0; i < LINES; i++) {
            IntVector first = FloatVector.fromArray(FLOATS, from, i * WIDTH).reinterpretAsInts();
            IntVector second =
                    FloatVector.fromArray(FLOATS, from, (LINES + i) * WIDTH).reinterpretAsInts();
            LOW_HALVES.selectFrom(first, second).reinterpretAsFloats().intoArray(to, at + 2 * i * stride);
            HIGH_HALVES.selectFrom(first, second).reinterpretAsFloats().intoArray(to, at + (2 * i + 1) * stride);
        }
    }

    /// Two panels of L lines at once: to (depth,L) at `at` and at `other` = the first L and the next L of each
    /// row of source (depth,W), its rows `stride` floats apart; depth is even
    static void pairs(float[] to, int at, int other, MemorySegment source, long offset, int stride, int depth) {
        for (int p = 0; p < depth; p += 2) {
            long from = offset + (long) p * stride;
            IntVector first = FloatVector.fromMemorySegment(FLOATS, source, from << 2, ORDER)
                    .reinterpretAsInts();
            IntVector second = FloatVector.fromMemorySegment(FLOATS, source, (from + stride) << 2, ORDER)
                    .reinterpretAsInts();
            LOW_HALVES.selectFrom(first, second).reinterpretAsFloats().intoArray(to, at + p * LINES);
            HIGH_HALVES.selectFrom(first, second).reinterpretAsFloats().intoArray(to, other + p * LINES);
        }
    }

    private static void eight(float[] to, int at, MemorySegment source, long offset, int stride) {
        IntVector low = LOW;
        IntVector high = HIGH;
        IntVector r0 = FloatVector.fromMemorySegment(FLOATS, source, offset << 2, ORDER)
                .reinterpretAsInts();
        IntVector r1 = FloatVector.fromMemorySegment(FLOATS, source, (offset + stride) << 2, ORDER)
                .reinterpretAsInts();
        IntVector r2 = FloatVector.fromMemorySegment(FLOATS, source, (offset + 2L * stride) << 2, ORDER)
                .reinterpretAsInts();
        IntVector r3 = FloatVector.fromMemorySegment(FLOATS, source, (offset + 3L * stride) << 2, ORDER)
                .reinterpretAsInts();
        IntVector r4 = FloatVector.fromMemorySegment(FLOATS, source, (offset + 4L * stride) << 2, ORDER)
                .reinterpretAsInts();
        IntVector r5 = FloatVector.fromMemorySegment(FLOATS, source, (offset + 5L * stride) << 2, ORDER)
                .reinterpretAsInts();
        IntVector r6 = FloatVector.fromMemorySegment(FLOATS, source, (offset + 6L * stride) << 2, ORDER)
                .reinterpretAsInts();
        IntVector r7 = FloatVector.fromMemorySegment(FLOATS, source, (offset + 7L * stride) << 2, ORDER)
                .reinterpretAsInts();
        IntVector s0 = low.selectFrom(r0, r4);
        IntVector s1 = high.selectFrom(r0, r4);
        IntVector s2 = low.selectFrom(r1, r5);
        IntVector s3 = high.selectFrom(r1, r5);
        IntVector s4 = low.selectFrom(r2, r6);
        IntVector s5 = high.selectFrom(r2, r6);
        IntVector s6 = low.selectFrom(r3, r7);
        IntVector s7 = high.selectFrom(r3, r7);
        r0 = low.selectFrom(s0, s4);
        r1 = high.selectFrom(s0, s4);
        r2 = low.selectFrom(s1, s5);
        r3 = high.selectFrom(s1, s5);
        r4 = low.selectFrom(s2, s6);
        r5 = high.selectFrom(s2, s6);
        r6 = low.selectFrom(s3, s7);
        r7 = high.selectFrom(s3, s7);
        s0 = low.selectFrom(r0, r4);
        s1 = high.selectFrom(r0, r4);
        s2 = low.selectFrom(r1, r5);
        s3 = high.selectFrom(r1, r5);
        s4 = low.selectFrom(r2, r6);
        s5 = high.selectFrom(r2, r6);
        s6 = low.selectFrom(r3, r7);
        s7 = high.selectFrom(r3, r7);
        s0.reinterpretAsFloats().intoArray(to, at);
        s1.reinterpretAsFloats().intoArray(to, at + WIDTH);
        s2.reinterpretAsFloats().intoArray(to, at + 2 * WIDTH);
        s3.reinterpretAsFloats().intoArray(to, at + 3 * WIDTH);
        s4.reinterpretAsFloats().intoArray(to, at + 4 * WIDTH);
        s5.reinterpretAsFloats().intoArray(to, at + 5 * WIDTH);
        s6.reinterpretAsFloats().intoArray(to, at + 6 * WIDTH);
        s7.reinterpretAsFloats().intoArray(to, at + 7 * WIDTH);
    }

    private static void eight(float[] to, int at, float[] source, int offset, int stride) {
        IntVector low = LOW;
        IntVector high = HIGH;
        IntVector r0 = FloatVector.fromArray(FLOATS, source, offset).reinterpretAsInts();
        IntVector r1 = FloatVector.fromArray(FLOATS, source, offset + stride).reinterpretAsInts();
        IntVector r2 =
                FloatVector.fromArray(FLOATS, source, offset + 2 * stride).reinterpretAsInts();
        IntVector r3 =
                FloatVector.fromArray(FLOATS, source, offset + 3 * stride).reinterpretAsInts();
        IntVector r4 =
                FloatVector.fromArray(FLOATS, source, offset + 4 * stride).reinterpretAsInts();
        IntVector r5 =
                FloatVector.fromArray(FLOATS, source, offset + 5 * stride).reinterpretAsInts();
        IntVector r6 =
                FloatVector.fromArray(FLOATS, source, offset + 6 * stride).reinterpretAsInts();
        IntVector r7 =
                FloatVector.fromArray(FLOATS, source, offset + 7 * stride).reinterpretAsInts();
        IntVector s0 = low.selectFrom(r0, r4);
        IntVector s1 = high.selectFrom(r0, r4);
        IntVector s2 = low.selectFrom(r1, r5);
        IntVector s3 = high.selectFrom(r1, r5);
        IntVector s4 = low.selectFrom(r2, r6);
        IntVector s5 = high.selectFrom(r2, r6);
        IntVector s6 = low.selectFrom(r3, r7);
        IntVector s7 = high.selectFrom(r3, r7);
        r0 = low.selectFrom(s0, s4);
        r1 = high.selectFrom(s0, s4);
        r2 = low.selectFrom(s1, s5);
        r3 = high.selectFrom(s1, s5);
        r4 = low.selectFrom(s2, s6);
        r5 = high.selectFrom(s2, s6);
        r6 = low.selectFrom(s3, s7);
        r7 = high.selectFrom(s3, s7);
        s0 = low.selectFrom(r0, r4);
        s1 = high.selectFrom(r0, r4);
        s2 = low.selectFrom(r1, r5);
        s3 = high.selectFrom(r1, r5);
        s4 = low.selectFrom(r2, r6);
        s5 = high.selectFrom(r2, r6);
        s6 = low.selectFrom(r3, r7);
        s7 = high.selectFrom(r3, r7);
        s0.reinterpretAsFloats().intoArray(to, at);
        s1.reinterpretAsFloats().intoArray(to, at + WIDTH);
        s2.reinterpretAsFloats().intoArray(to, at + 2 * WIDTH);
        s3.reinterpretAsFloats().intoArray(to, at + 3 * WIDTH);
        s4.reinterpretAsFloats().intoArray(to, at + 4 * WIDTH);
        s5.reinterpretAsFloats().intoArray(to, at + 5 * WIDTH);
        s6.reinterpretAsFloats().intoArray(to, at + 6 * WIDTH);
        s7.reinterpretAsFloats().intoArray(to, at + 7 * WIDTH);
    }

    private static void four(float[] to, int at, MemorySegment source, long offset, int stride) {
        IntVector low = LOW;
        IntVector high = HIGH;
        IntVector r0 = FloatVector.fromMemorySegment(FLOATS, source, offset << 2, ORDER)
                .reinterpretAsInts();
        IntVector r1 = FloatVector.fromMemorySegment(FLOATS, source, (offset + stride) << 2, ORDER)
                .reinterpretAsInts();
        IntVector r2 = FloatVector.fromMemorySegment(FLOATS, source, (offset + 2L * stride) << 2, ORDER)
                .reinterpretAsInts();
        IntVector r3 = FloatVector.fromMemorySegment(FLOATS, source, (offset + 3L * stride) << 2, ORDER)
                .reinterpretAsInts();
        IntVector s0 = low.selectFrom(r0, r2);
        IntVector s1 = high.selectFrom(r0, r2);
        IntVector s2 = low.selectFrom(r1, r3);
        IntVector s3 = high.selectFrom(r1, r3);
        r0 = low.selectFrom(s0, s2);
        r1 = high.selectFrom(s0, s2);
        r2 = low.selectFrom(s1, s3);
        r3 = high.selectFrom(s1, s3);
        r0.reinterpretAsFloats().intoArray(to, at);
        r1.reinterpretAsFloats().intoArray(to, at + WIDTH);
        r2.reinterpretAsFloats().intoArray(to, at + 2 * WIDTH);
        r3.reinterpretAsFloats().intoArray(to, at + 3 * WIDTH);
    }

    private static void four(float[] to, int at, float[] source, int offset, int stride) {
        IntVector low = LOW;
        IntVector high = HIGH;
        IntVector r0 = FloatVector.fromArray(FLOATS, source, offset).reinterpretAsInts();
        IntVector r1 = FloatVector.fromArray(FLOATS, source, offset + stride).reinterpretAsInts();
        IntVector r2 =
                FloatVector.fromArray(FLOATS, source, offset + 2 * stride).reinterpretAsInts();
        IntVector r3 =
                FloatVector.fromArray(FLOATS, source, offset + 3 * stride).reinterpretAsInts();
        IntVector s0 = low.selectFrom(r0, r2);
        IntVector s1 = high.selectFrom(r0, r2);
        IntVector s2 = low.selectFrom(r1, r3);
        IntVector s3 = high.selectFrom(r1, r3);
        r0 = low.selectFrom(s0, s2);
        r1 = high.selectFrom(s0, s2);
        r2 = low.selectFrom(s1, s3);
        r3 = high.selectFrom(s1, s3);
        r0.reinterpretAsFloats().intoArray(to, at);
        r1.reinterpretAsFloats().intoArray(to, at + WIDTH);
        r2.reinterpretAsFloats().intoArray(to, at + 2 * WIDTH);
        r3.reinterpretAsFloats().intoArray(to, at + 3 * WIDTH);
    }
}
