package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOATS;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.ORDER;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.WIDTH;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// Turns a few lines around: L lines of W floats become W groups of L floats, one from each line.
///
/// A perfect shuffle: zipping line i with line i + L/2, log2(L) times over, moves the bits of the line's number from
/// the front of an element's address to its end. Flat on purpose, as [Tile8x3] explains.
///
/// Legend: W floats of a vector, L = W / 2 lines.
final class Interleave {
    /// L where vectors have 256 or 512 bits; narrower ones gain nothing from shuffles.
    static final int LINES = WIDTH == 16 || WIDTH == 8 ? WIDTH / 2 : 0;

    private static final VectorShuffle<Float> LOW = VectorShuffle.makeZip(FLOATS, 0);
    private static final VectorShuffle<Float> HIGH = VectorShuffle.makeZip(FLOATS, 1);
    /// Half a vector.
    static final VectorSpecies<Float> HALF =
            VectorSpecies.of(float.class, VectorShape.forBitSize(Math.max(64, 16 * WIDTH)));

    private Interleave() {}

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

    /// to (W,L), its rows `stride` floats apart = from (W,L), contiguous
    static void spread(float[] to, int at, int stride, float[] from) {
        for (int i = 0; i < WIDTH; i++) {
            FloatVector.fromArray(HALF, from, i * LINES).intoArray(to, at + i * stride);
        }
    }

    private static void eight(float[] to, int at, MemorySegment source, long offset, int stride) {
        FloatVector r0 = FloatVector.fromMemorySegment(FLOATS, source, offset << 2, ORDER);
        FloatVector r1 = FloatVector.fromMemorySegment(FLOATS, source, (offset + stride) << 2, ORDER);
        FloatVector r2 = FloatVector.fromMemorySegment(FLOATS, source, (offset + 2L * stride) << 2, ORDER);
        FloatVector r3 = FloatVector.fromMemorySegment(FLOATS, source, (offset + 3L * stride) << 2, ORDER);
        FloatVector r4 = FloatVector.fromMemorySegment(FLOATS, source, (offset + 4L * stride) << 2, ORDER);
        FloatVector r5 = FloatVector.fromMemorySegment(FLOATS, source, (offset + 5L * stride) << 2, ORDER);
        FloatVector r6 = FloatVector.fromMemorySegment(FLOATS, source, (offset + 6L * stride) << 2, ORDER);
        FloatVector r7 = FloatVector.fromMemorySegment(FLOATS, source, (offset + 7L * stride) << 2, ORDER);
        FloatVector s0 = r0.rearrange(LOW, r4);
        FloatVector s1 = r0.rearrange(HIGH, r4);
        FloatVector s2 = r1.rearrange(LOW, r5);
        FloatVector s3 = r1.rearrange(HIGH, r5);
        FloatVector s4 = r2.rearrange(LOW, r6);
        FloatVector s5 = r2.rearrange(HIGH, r6);
        FloatVector s6 = r3.rearrange(LOW, r7);
        FloatVector s7 = r3.rearrange(HIGH, r7);
        r0 = s0.rearrange(LOW, s4);
        r1 = s0.rearrange(HIGH, s4);
        r2 = s1.rearrange(LOW, s5);
        r3 = s1.rearrange(HIGH, s5);
        r4 = s2.rearrange(LOW, s6);
        r5 = s2.rearrange(HIGH, s6);
        r6 = s3.rearrange(LOW, s7);
        r7 = s3.rearrange(HIGH, s7);
        s0 = r0.rearrange(LOW, r4);
        s1 = r0.rearrange(HIGH, r4);
        s2 = r1.rearrange(LOW, r5);
        s3 = r1.rearrange(HIGH, r5);
        s4 = r2.rearrange(LOW, r6);
        s5 = r2.rearrange(HIGH, r6);
        s6 = r3.rearrange(LOW, r7);
        s7 = r3.rearrange(HIGH, r7);
        s0.intoArray(to, at);
        s1.intoArray(to, at + WIDTH);
        s2.intoArray(to, at + 2 * WIDTH);
        s3.intoArray(to, at + 3 * WIDTH);
        s4.intoArray(to, at + 4 * WIDTH);
        s5.intoArray(to, at + 5 * WIDTH);
        s6.intoArray(to, at + 6 * WIDTH);
        s7.intoArray(to, at + 7 * WIDTH);
    }

    private static void eight(float[] to, int at, float[] source, int offset, int stride) {
        FloatVector r0 = FloatVector.fromArray(FLOATS, source, offset);
        FloatVector r1 = FloatVector.fromArray(FLOATS, source, offset + stride);
        FloatVector r2 = FloatVector.fromArray(FLOATS, source, offset + 2 * stride);
        FloatVector r3 = FloatVector.fromArray(FLOATS, source, offset + 3 * stride);
        FloatVector r4 = FloatVector.fromArray(FLOATS, source, offset + 4 * stride);
        FloatVector r5 = FloatVector.fromArray(FLOATS, source, offset + 5 * stride);
        FloatVector r6 = FloatVector.fromArray(FLOATS, source, offset + 6 * stride);
        FloatVector r7 = FloatVector.fromArray(FLOATS, source, offset + 7 * stride);
        FloatVector s0 = r0.rearrange(LOW, r4);
        FloatVector s1 = r0.rearrange(HIGH, r4);
        FloatVector s2 = r1.rearrange(LOW, r5);
        FloatVector s3 = r1.rearrange(HIGH, r5);
        FloatVector s4 = r2.rearrange(LOW, r6);
        FloatVector s5 = r2.rearrange(HIGH, r6);
        FloatVector s6 = r3.rearrange(LOW, r7);
        FloatVector s7 = r3.rearrange(HIGH, r7);
        r0 = s0.rearrange(LOW, s4);
        r1 = s0.rearrange(HIGH, s4);
        r2 = s1.rearrange(LOW, s5);
        r3 = s1.rearrange(HIGH, s5);
        r4 = s2.rearrange(LOW, s6);
        r5 = s2.rearrange(HIGH, s6);
        r6 = s3.rearrange(LOW, s7);
        r7 = s3.rearrange(HIGH, s7);
        s0 = r0.rearrange(LOW, r4);
        s1 = r0.rearrange(HIGH, r4);
        s2 = r1.rearrange(LOW, r5);
        s3 = r1.rearrange(HIGH, r5);
        s4 = r2.rearrange(LOW, r6);
        s5 = r2.rearrange(HIGH, r6);
        s6 = r3.rearrange(LOW, r7);
        s7 = r3.rearrange(HIGH, r7);
        s0.intoArray(to, at);
        s1.intoArray(to, at + WIDTH);
        s2.intoArray(to, at + 2 * WIDTH);
        s3.intoArray(to, at + 3 * WIDTH);
        s4.intoArray(to, at + 4 * WIDTH);
        s5.intoArray(to, at + 5 * WIDTH);
        s6.intoArray(to, at + 6 * WIDTH);
        s7.intoArray(to, at + 7 * WIDTH);
    }

    private static void four(float[] to, int at, MemorySegment source, long offset, int stride) {
        FloatVector r0 = FloatVector.fromMemorySegment(FLOATS, source, offset << 2, ORDER);
        FloatVector r1 = FloatVector.fromMemorySegment(FLOATS, source, (offset + stride) << 2, ORDER);
        FloatVector r2 = FloatVector.fromMemorySegment(FLOATS, source, (offset + 2L * stride) << 2, ORDER);
        FloatVector r3 = FloatVector.fromMemorySegment(FLOATS, source, (offset + 3L * stride) << 2, ORDER);
        FloatVector s0 = r0.rearrange(LOW, r2);
        FloatVector s1 = r0.rearrange(HIGH, r2);
        FloatVector s2 = r1.rearrange(LOW, r3);
        FloatVector s3 = r1.rearrange(HIGH, r3);
        r0 = s0.rearrange(LOW, s2);
        r1 = s0.rearrange(HIGH, s2);
        r2 = s1.rearrange(LOW, s3);
        r3 = s1.rearrange(HIGH, s3);
        r0.intoArray(to, at);
        r1.intoArray(to, at + WIDTH);
        r2.intoArray(to, at + 2 * WIDTH);
        r3.intoArray(to, at + 3 * WIDTH);
    }

    private static void four(float[] to, int at, float[] source, int offset, int stride) {
        FloatVector r0 = FloatVector.fromArray(FLOATS, source, offset);
        FloatVector r1 = FloatVector.fromArray(FLOATS, source, offset + stride);
        FloatVector r2 = FloatVector.fromArray(FLOATS, source, offset + 2 * stride);
        FloatVector r3 = FloatVector.fromArray(FLOATS, source, offset + 3 * stride);
        FloatVector s0 = r0.rearrange(LOW, r2);
        FloatVector s1 = r0.rearrange(HIGH, r2);
        FloatVector s2 = r1.rearrange(LOW, r3);
        FloatVector s3 = r1.rearrange(HIGH, r3);
        r0 = s0.rearrange(LOW, s2);
        r1 = s0.rearrange(HIGH, s2);
        r2 = s1.rearrange(LOW, s3);
        r3 = s1.rearrange(HIGH, s3);
        r0.intoArray(to, at);
        r1.intoArray(to, at + WIDTH);
        r2.intoArray(to, at + 2 * WIDTH);
        r3.intoArray(to, at + 3 * WIDTH);
    }
}
