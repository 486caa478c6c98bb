package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOATS;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.ORDER;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.WIDTH;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Sums of squares, for norms.
///
/// Legend: S any shape; ranges count elements.
public final class Squares {
    /// Elements summed in float before the sum goes on in double.
    public static final int BLOCK = 1 << 12;

    private Squares() {}

    /// The sum of the squares of elements `from` to `to` of x (S); at most [#BLOCK] of them for full precision.
    /// `lanes` is scratch memory for one vector.
    public static double sum(MemorySegment x, long from, long to, float[] lanes) {
        FloatVector sums = FloatVector.zero(FLOATS);
        long i = from;
        for (; i <= to - WIDTH; i += WIDTH) {
            FloatVector v = FloatVector.fromMemorySegment(FLOATS, x, i << 2, ORDER);
            sums = v.fma(v, sums);
        }
        sums.intoArray(lanes, 0);
        double sum = VectorMath.sum(lanes);
        for (; i < to; i++) {
            float v = x.getAtIndex(Lanes.FLOAT, i);
            sum += v * v;
        }
        return sum;
    }
}
