package dev.fovea.runtime.exec.cpu.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/// Off-heap arrays for tests: made, filled from a seed, read back as doubles and compared.
final class Arrays32 {
    private Arrays32() {}

    /// An array of `size` floats, all NaN, so that an element nobody writes is found.
    static MemorySegment empty(Arena arena, long size) {
        MemorySegment result = Lanes.allocate(arena, size).asSlice(0, 4 * size);
        for (long i = 0; i < size; i++) {
            result.setAtIndex(Lanes.FLOAT, i, Float.NaN);
        }
        return result;
    }

    /// An array of `size` floats uniform in [-scale, scale].
    static MemorySegment random(Arena arena, long size, double scale, long seed) {
        MemorySegment result = empty(arena, size);
        SplittableRandom random = new SplittableRandom(seed);
        for (long i = 0; i < size; i++) {
            result.setAtIndex(Lanes.FLOAT, i, (float) (scale * (2 * random.nextDouble() - 1)));
        }
        return result;
    }

    /// An array of floats.
    static MemorySegment of(Arena arena, double... values) {
        MemorySegment result = empty(arena, values.length);
        for (int i = 0; i < values.length; i++) {
            result.setAtIndex(Lanes.FLOAT, i, (float) values[i]);
        }
        return result;
    }

    /// An array of integers.
    static MemorySegment ints(Arena arena, int... values) {
        MemorySegment result = arena.allocate(Math.max(4L, 4L * values.length), 64);
        for (int i = 0; i < values.length; i++) {
            result.setAtIndex(Lanes.INT, i, values[i]);
        }
        return result;
    }

    static double[] doubles(MemorySegment segment) {
        double[] result = new double[(int) (segment.byteSize() / 4)];
        for (int i = 0; i < result.length; i++) {
            result[i] = segment.getAtIndex(Lanes.FLOAT, i);
        }
        return result;
    }

    /// Fails unless every element is within `1e-6 * additions * scale + 1e-5 * |expected|`, where `scale`
    /// bounds one addend.
    static void assertClose(MemorySegment actual, double[] expected, long additions, double scale, String what) {
        double[] found = doubles(actual);
        if (found.length != expected.length) {
            throw new AssertionError(what + ": " + found.length + " elements, expected " + expected.length);
        }
        for (int i = 0; i < found.length; i++) {
            double allowed = 1e-6 * additions * scale + 1e-5 * Math.abs(expected[i]);
            boolean untouched = Double.isNaN(expected[i]) && Double.isNaN(found[i]);
            if (!untouched && !(Math.abs(found[i] - expected[i]) <= allowed)) { // the negation also catches NaN
                throw new AssertionError(what + ": element " + i + " is " + found[i] + ", expected " + expected[i]
                        + " within " + allowed);
            }
        }
    }

    /// Fails unless both hold the same bits.
    static void assertSameBits(MemorySegment actual, MemorySegment expected, String what) {
        long difference = actual.mismatch(expected);
        if (difference >= 0) {
            throw new AssertionError(what + ": differs at element " + difference / 4);
        }
    }
}
