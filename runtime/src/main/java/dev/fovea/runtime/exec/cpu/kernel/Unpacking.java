package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOAT;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.ORDER;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.WIDTH;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Copies blocks that a [MicroKernel] wrote, with tokens along the lanes, back into rows of tokens.
final class Unpacking {
    /// Floats that a block must be longer than what is read from it.
    static final int MARGIN = WIDTH;

    private Unpacking() {}

    /// target: `count` rows of `width` floats, `stride` floats apart = `count` columns of a block (width,L)
    ///
    /// @param at first float of the columns in `block`
    /// @param lanes L, floats of a row of the block
    /// @param exchange scratch memory of one square of vectors
    static void columns(
            MemorySegment target,
            long to,
            int stride,
            float[] block,
            int at,
            int lanes,
            int count,
            int width,
            float[] exchange) {
        int group = Interleave.LINES;
        int e = 0;
        for (; group > 0 && e + group <= width; e += group) {
            for (int i = 0; i < count; i += WIDTH) {
                Interleave.lines(exchange, 0, block, at + e * lanes + i, lanes);
                store(target, to + (long) i * stride + e, stride, exchange, Math.min(WIDTH, count - i));
            }
        }
        for (; e < width; e++) {
            for (int i = 0; i < count; i++) {
                target.set(FLOAT, (to + (long) i * stride + e) << 2, block[at + e * lanes + i]);
            }
        }
    }

    private static void store(MemorySegment target, long to, int stride, float[] exchange, int count) {
        for (int i = 0; i < count; i++) {
            FloatVector.fromArray(Interleave.HALF, exchange, i * Interleave.LINES)
                    .intoMemorySegment(target, (to + (long) i * stride) << 2, ORDER);
        }
    }
}
