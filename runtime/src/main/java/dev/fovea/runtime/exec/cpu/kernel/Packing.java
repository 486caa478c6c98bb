package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOAT;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOATS;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.ORDER;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.WIDTH;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Copies blocks of a matrix into the order in which a [MicroKernel] reads them.
///
/// Legend: L lines (rows of the first operand or columns of the second), P depth (the index that is summed
/// over), W lines in a panel. A packed block is a run of panels; a panel is (P,W), its last lines zero where L
/// is no multiple of W.
final class Packing {

    /// Depths that are copied for all lines before the next ones, so that a cache line that several panels share
    /// is still there for the last of them.
    private static final int DEPTH_AT_ONCE = 64;

    private Packing() {}

    /// Floats of a packed block of `lines` by `depth`.
    static int packedLength(int lines, int depth, int panel) {
        return Math.multiplyExact(Math.ceilDiv(lines, panel) * panel, depth);
    }

    /// Packs lines `firstLine` on of a block; element (line, p) lies at `offset + (line - firstLine) * stride +
    /// p`: depth is contiguous. When all lines are packed, [#clearRest] must follow.
    ///
    /// @param exchange scratch memory of [#exchangeLength] floats
    static void alongDepth(
            float[] packed,
            int firstLine,
            MemorySegment source,
            long offset,
            int stride,
            int lines,
            int depth,
            int panel,
            float[] exchange) {
        int group = panel % WIDTH == 0 ? WIDTH : panel;
        boolean shuffled = Interleave.LINES > 0 && (group == WIDTH || group == Interleave.LINES);
        int i = 0;
        while (i < lines) {
            int line = firstLine + i;
            int base = line / panel * panel * depth + line % panel;
            long from = offset + (long) i * stride;
            if (shuffled && line % group == 0 && i + group <= lines) {
                spreadGroup(packed, base, panel, group, source, from, stride, depth, exchange);
                i += group;
            } else {
                spread(packed, base, panel, source, from, 0, depth);
                i++;
            }
        }
    }

    private static void spreadGroup(
            float[] packed,
            int base,
            int panel,
            int group,
            MemorySegment source,
            long offset,
            int stride,
            int depth,
            float[] exchange) {
        int p = 0;
        for (; p <= depth - WIDTH; p += WIDTH) {
            if (group == Interleave.LINES) {
                Interleave.lines(packed, base + p * panel, source, offset + p, stride);
            } else {
                long second = offset + p + (long) Interleave.LINES * stride;
                Interleave.lines(exchange, 0, source, offset + p, stride);
                Interleave.lines(exchange, Interleave.LINES * WIDTH, source, second, stride);
                Interleave.join(packed, base + p * panel, panel, exchange);
            }
        }
        for (int line = 0; line < group && p < depth; line++) {
            spread(packed, base + line, panel, source, offset + (long) line * stride, p, depth);
        }
    }

    private static void spread(
            float[] packed, int base, int panel, MemorySegment source, long offset, int firstDepth, int depth) {
        for (int p = firstDepth; p < depth; p++) {
            packed[base + p * panel] = source.get(FLOAT, (offset + p) << 2);
        }
    }

    /// Floats of the scratch memory in which lines are turned around: two squares of vectors.
    static int exchangeLength() {
        return 2 * WIDTH * WIDTH;
    }

    /// Packs depths `firstDepth` to `firstDepth + depth` of a block that is `totalDepth` deep; element (line,
    /// p) lies at `offset + (p - firstDepth) * stride + line`: lines are contiguous. When all depths are
    /// packed, [#clearRest] must follow.
    static void alongLines(
            float[] packed,
            int firstDepth,
            int totalDepth,
            MemorySegment source,
            long offset,
            int stride,
            int lines,
            int depth,
            int panel) {
        for (int p = 0; p < depth; p += DEPTH_AT_ONCE) {
            int some = Math.min(DEPTH_AT_ONCE, depth - p);
            long from = offset + (long) p * stride;
            int first = panel == Interleave.LINES
                    ? copyPairs(packed, firstDepth + p, totalDepth, source, from, stride, lines, some)
                    : 0;
            for (; first < lines; first += panel) {
                int base = first * totalDepth + (firstDepth + p) * panel;
                int present = Math.min(panel, lines - first);
                if (present == panel && panel % WIDTH == 0) {
                    copyWide(packed, base, panel, source, from + first, stride, some);
                } else {
                    copyPart(packed, base, panel, present, source, from + first, stride, some);
                }
            }
        }
    }

    /// Copies pairs of panels of half a vector; the number of lines that are done.
    private static int copyPairs(
            float[] packed,
            int firstDepth,
            int totalDepth,
            MemorySegment source,
            long offset,
            int stride,
            int lines,
            int depth) {
        int panel = Interleave.LINES;
        int even = depth / 2 * 2;
        int first = 0;
        for (; first <= lines - WIDTH; first += WIDTH) {
            int base = first * totalDepth + firstDepth * panel;
            int other = base + panel * totalDepth;
            Interleave.pairs(packed, base, other, source, offset + first, stride, even);
            if (even < depth) {
                long from = offset + first + (long) even * stride;
                copyPart(packed, base + even * panel, panel, panel, source, from, stride, 1);
                copyPart(packed, other + even * panel, panel, panel, source, from + panel, stride, 1);
            }
        }
        return first;
    }

    private static void copyWide(
            float[] packed, int base, int panel, MemorySegment source, long offset, int stride, int depth) {
        for (int p = 0; p < depth; p++) {
            long from = offset + (long) p * stride;
            for (int line = 0; line < panel; line += WIDTH) {
                FloatVector.fromMemorySegment(FLOATS, source, (from + line) << 2, ORDER)
                        .intoArray(packed, base + p * panel + line);
            }
        }
    }

    private static void copyPart(
            float[] packed,
            int base,
            int panel,
            int present,
            MemorySegment source,
            long offset,
            int stride,
            int depth) {
        for (int p = 0; p < depth; p++) {
            long from = offset + (long) p * stride;
            for (int line = 0; line < present; line++) {
                packed[base + p * panel + line] = source.get(FLOAT, (from + line) << 2);
            }
        }
    }

    /// Zeroes the lines that the last panel of a block has beyond `lines`.
    static void clearRest(float[] packed, int lines, int depth, int panel) {
        int present = lines % panel;
        if (present == 0) {
            return;
        }
        int base = (lines - present) * depth;
        for (int p = 0; p < depth; p++) {
            for (int line = present; line < panel; line++) {
                packed[base + p * panel + line] = 0f;
            }
        }
    }
}
