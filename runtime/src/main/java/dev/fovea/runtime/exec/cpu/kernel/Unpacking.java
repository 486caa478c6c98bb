package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOAT;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOATS;
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
    /// @param exchange scratch memory of [Packing#exchangeLength] floats
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
        int half = Interleave.LINES * WIDTH;
        int e = 0;
        for (; half > 0 && e + WIDTH <= width; e += WIDTH) {
            for (int i = 0; i < count; i += WIDTH) {
                int first = at + e * lanes + i;
                Interleave.lines(exchange, 0, block, first, lanes);
                Interleave.lines(exchange, half, block, first + Interleave.LINES * lanes, lanes);
                Interleave.join(exchange, 2 * half, WIDTH, exchange);
                store(target, to + (long) i * stride + e, stride, exchange, 2 * half, Math.min(WIDTH, count - i));
            }
        }
        for (; e < width; e++) {
            for (int i = 0; i < count; i++) {
                target.set(FLOAT, (to + (long) i * stride + e) << 2, block[at + e * lanes + i]);
            }
        }
    }

    private static void store(MemorySegment target, long to, int stride, float[] rows, int at, int count) {
        for (int i = 0; i < count; i++) {
            FloatVector.fromArray(FLOATS, rows, at + i * WIDTH)
                    .intoMemorySegment(target, (to + (long) i * stride) << 2, ORDER);
        }
    }
}
