package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOAT;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOATS;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.ORDER;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.WIDTH;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/// Loops that do nothing but keep one part of the machine busy, to measure what it gives at most: the arithmetic
/// units, and the way to memory. The answers of the loops have no meaning beyond keeping the compiler from
/// leaving the loops out.
public final class MachineLoops {
    private static final int CHAINS = 12;
    private static final int DEPTH = 256;

    private MachineLoops() {}

    /// Floating-point operations of one round of [#multiplyAdds].
    public static long flopsOfMultiplyAdds() {
        return 2L * CHAINS * WIDTH;
    }

    /// Rounds of independent fused multiply-adds in registers: twelve chains, more than the latency of any present
    /// CPU times its units, few enough for sixteen registers.
    public static float multiplyAdds(int rounds) {
        FloatVector factor = FloatVector.broadcast(FLOATS, 0.999f);
        FloatVector term = FloatVector.broadcast(FLOATS, 0.001f);
        FloatVector c0 = term;
        FloatVector c1 = term;
        FloatVector c2 = term;
        FloatVector c3 = term;
        FloatVector c4 = term;
        FloatVector c5 = term;
        FloatVector c6 = term;
        FloatVector c7 = term;
        FloatVector c8 = term;
        FloatVector c9 = term;
        FloatVector c10 = term;
        FloatVector c11 = term;
        for (int i = 0; i < rounds; i++) {
            c0 = c0.fma(factor, term);
            c1 = c1.fma(factor, term);
            c2 = c2.fma(factor, term);
            c3 = c3.fma(factor, term);
            c4 = c4.fma(factor, term);
            c5 = c5.fma(factor, term);
            c6 = c6.fma(factor, term);
            c7 = c7.fma(factor, term);
            c8 = c8.fma(factor, term);
            c9 = c9.fma(factor, term);
            c10 = c10.fma(factor, term);
            c11 = c11.fma(factor, term);
        }
        FloatVector low = c0.add(c1).add(c2).add(c3).add(c4).add(c5);
        FloatVector high = c6.add(c7).add(c8).add(c9).add(c10).add(c11);
        return low.add(high).reduceLanes(VectorOperators.ADD);
    }

    /// Floating-point operations of one call of [#tiles].
    public static long flopsOfTiles() {
        MicroKernel kernel = MicroKernel.preferred();
        return 2L * kernel.rows() * kernel.columns() * DEPTH;
    }

    /// The micro-kernel of the matrix products on operands that stay in the first-level cache.
    public static float tiles(int calls) {
        MicroKernel kernel = MicroKernel.preferred();
        float[] a = new float[kernel.rows() * DEPTH];
        float[] b = new float[kernel.columns() * DEPTH];
        float[] tile = new float[kernel.rows() * kernel.columns()];
        for (int i = 0; i < calls; i++) {
            kernel.multiplyAdd(tile, 0, a, 0, b, 0, DEPTH);
        }
        return tile[0];
    }

    /// Reads the elements `from` to `to` (multiples of the vector width times four lie between them) once and
    /// answers their sum.
    public static float sum(MemorySegment x, int from, int to) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        for (long i = from; i < to; i += 4 * WIDTH) {
            s0 = s0.add(FloatVector.fromMemorySegment(FLOATS, x, 4 * i, ORDER));
            s1 = s1.add(FloatVector.fromMemorySegment(FLOATS, x, 4 * (i + WIDTH), ORDER));
            s2 = s2.add(FloatVector.fromMemorySegment(FLOATS, x, 4 * (i + 2 * WIDTH), ORDER));
            s3 = s3.add(FloatVector.fromMemorySegment(FLOATS, x, 4 * (i + 3 * WIDTH), ORDER));
        }
        return s0.add(s1).add(s2.add(s3)).reduceLanes(VectorOperators.ADD);
    }

    /// STREAM's triad, `a = b + 0.5 c` for the elements `from` to `to` (a multiple of the vector width lies between
    /// them); answers one element of `a`.
    public static float triad(MemorySegment a, MemorySegment b, MemorySegment c, int from, int to) {
        FloatVector half = FloatVector.broadcast(FLOATS, 0.5f);
        for (long i = from; i < to; i += WIDTH) {
            FloatVector left = FloatVector.fromMemorySegment(FLOATS, b, 4 * i, ORDER);
            FloatVector right = FloatVector.fromMemorySegment(FLOATS, c, 4 * i, ORDER);
            right.fma(half, left).intoMemorySegment(a, 4 * i, ORDER);
        }
        return a.getAtIndex(FLOAT, from);
    }
}
