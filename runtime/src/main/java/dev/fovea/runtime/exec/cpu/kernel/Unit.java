package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOAT;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOATS;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.ORDER;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.WIDTH;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Rows divided by their length, and the cosine of rows with a prompt.
///
/// Legend: R rows, D width, B batch, N rows of one batch entry, K blocks of rows.
public final class Unit {
    private Unit() {}

    /// The inner product of `width` floats of a at `aAt` and b at `bAt`. `lanes` is scratch memory for one
    /// vector.
    static float dot(MemorySegment a, long aAt, MemorySegment b, long bAt, int width, float[] lanes) {
        FloatVector sums = FloatVector.zero(FLOATS);
        int i = 0;
        for (; i <= width - WIDTH; i += WIDTH) {
            sums = FloatVector.fromMemorySegment(FLOATS, a, (aAt + i) << 2, ORDER)
                    .fma(FloatVector.fromMemorySegment(FLOATS, b, (bAt + i) << 2, ORDER), sums);
        }
        sums.intoArray(lanes, 0);
        float sum = VectorMath.sum(lanes);
        for (; i < width; i++) {
            sum += a.getAtIndex(FLOAT, aAt + i) * b.getAtIndex(FLOAT, bAt + i);
        }
        return sum;
    }

    /// y at `yAt` = p * a at `aAt` + q * b at `bAt`, `width` floats
    static void combine(
            MemorySegment y,
            long yAt,
            float p,
            MemorySegment a,
            long aAt,
            float q,
            MemorySegment b,
            long bAt,
            int width) {
        int i = 0;
        for (; i <= width - WIDTH; i += WIDTH) {
            FloatVector.fromMemorySegment(FLOATS, a, (aAt + i) << 2, ORDER)
                    .mul(p)
                    .add(FloatVector.fromMemorySegment(FLOATS, b, (bAt + i) << 2, ORDER)
                            .mul(q))
                    .intoMemorySegment(y, (yAt + i) << 2, ORDER);
        }
        for (; i < width; i++) {
            float value = p * a.getAtIndex(FLOAT, aAt + i) + q * b.getAtIndex(FLOAT, bAt + i);
            y.setAtIndex(FLOAT, yAt + i, value);
        }
    }

    /// y at `yAt` = p * a at `aAt`, `width` floats
    static void scale(MemorySegment y, long yAt, float p, MemorySegment a, long aAt, int width) {
        int i = 0;
        for (; i <= width - WIDTH; i += WIDTH) {
            FloatVector.fromMemorySegment(FLOATS, a, (aAt + i) << 2, ORDER)
                    .mul(p)
                    .intoMemorySegment(y, (yAt + i) << 2, ORDER);
        }
        for (; i < width; i++) {
            y.setAtIndex(FLOAT, yAt + i, p * a.getAtIndex(FLOAT, aAt + i));
        }
    }

    /// y at `yAt` += p * a at `aAt`, `width` floats
    static void add(MemorySegment y, long yAt, float p, MemorySegment a, long aAt, int width) {
        int i = 0;
        for (; i <= width - WIDTH; i += WIDTH) {
            FloatVector.fromMemorySegment(FLOATS, a, (aAt + i) << 2, ORDER)
                    .mul(p)
                    .add(FloatVector.fromMemorySegment(FLOATS, y, (yAt + i) << 2, ORDER))
                    .intoMemorySegment(y, (yAt + i) << 2, ORDER);
        }
        for (; i < width; i++) {
            y.setAtIndex(FLOAT, yAt + i, p * a.getAtIndex(FLOAT, aAt + i) + y.getAtIndex(FLOAT, yAt + i));
        }
    }

    private static float length(MemorySegment x, long at, int width, float[] lanes) {
        return (float) Math.sqrt(dot(x, at, x, at, width, lanes));
    }

    /// y (R,D) = x / max(|x|, eps), x (R,D); rows `from` to `to`
    public static void forward(MemorySegment y, MemorySegment x, int width, float eps, int from, int to) {
        float[] lanes = new float[WIDTH];
        for (int r = from; r < to; r++) {
            long row = (long) r * width;
            float inverse = 1 / Math.max(length(x, row, width, lanes), eps);
            scale(y, row, inverse, x, row, width);
        }
    }

    /// dx (R,D) = (dy - x (x . dy) / |x|^2) / |x|, and dy / eps where |x| <= eps; x (R,D), dy (R,D); rows
    /// `from` to `to`
    public static void backward(
            MemorySegment dx, MemorySegment x, MemorySegment dy, int width, float eps, int from, int to) {
        float[] lanes = new float[WIDTH];
        for (int r = from; r < to; r++) {
            long row = (long) r * width;
            float length = length(x, row, width, lanes);
            float norm = Math.max(length, eps);
            float radial = length > eps ? dot(x, row, dy, row, width, lanes) / norm / norm : 0f;
            combine(dx, row, 1 / norm, dy, row, -radial / norm, x, row, width);
        }
    }

    /// y (B,N) = the cosine of x (B,N,D) with prompt (B,D), or with the one row of prompt (1,D); rows `from` to
    /// `to` of B*N
    public static void cosine(
            MemorySegment y,
            MemorySegment x,
            MemorySegment prompt,
            boolean shared,
            int rows,
            int width,
            float eps,
            int from,
            int to) {
        float[] lanes = new float[WIDTH];
        for (int r = from; r < to; r++) {
            long row = (long) r * width;
            long p = shared ? 0 : (long) (r / rows) * width;
            float lengths =
                    Math.max(length(x, row, width, lanes), eps) * Math.max(length(prompt, p, width, lanes), eps);
            y.setAtIndex(FLOAT, r, dot(x, row, prompt, p, width, lanes) / lengths);
        }
    }

    /// First step of the gradient of [#cosine]: dx (B,N,D), and partial (B*K,D), for each block the sum over
    /// its rows of dprompt. Inputs x (B,N,D), prompt, y (B,N), dy (B,N); items `from` to `to` of B*K
    public static void cosineBackward(
            MemorySegment dx,
            MemorySegment partial,
            MemorySegment x,
            MemorySegment prompt,
            MemorySegment y,
            MemorySegment dy,
            boolean shared,
            int rows,
            int blocks,
            int width,
            float eps,
            int from,
            int to) {
        float[] lanes = new float[WIDTH];
        for (int item = from; item < to; item++) {
            int b = item / blocks;
            int first = b * rows + Blocks.start(rows, blocks, item % blocks);
            int end = b * rows + Blocks.start(rows, blocks, item % blocks + 1);
            long p = shared ? 0 : (long) b * width;
            long sum = (long) item * width;
            Pointwise.zero(partial, sum, sum + width);
            float promptLength = Math.max(length(prompt, p, width, lanes), eps);
            float along = 0f;
            for (int r = first; r < end; r++) {
                long row = (long) r * width;
                float rowLength = Math.max(length(x, row, width, lanes), eps);
                float gradient = dy.getAtIndex(FLOAT, r);
                float cosine = y.getAtIndex(FLOAT, r);
                float outer = gradient / rowLength;
                combine(dx, row, outer / promptLength, prompt, p, -outer * cosine / rowLength, x, row, width);
                add(partial, sum, outer / promptLength, x, row, width);
                along += gradient * cosine;
            }
            add(partial, sum, -along / promptLength / promptLength, prompt, p, width);
        }
    }
}
