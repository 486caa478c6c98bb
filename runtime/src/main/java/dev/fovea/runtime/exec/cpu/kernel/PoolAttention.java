package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOAT;

import java.lang.foreign.MemorySegment;

/// Attention of one query, shared by the batch, over the tokens of each batch entry.
///
/// Legend: B batch, N tokens, H heads, C width of a head, D = H * C. A row of kv (B,N,2D) holds key and value.
/// Where a mask (B,N) is 0 the key does not take part, but an entry without any key left takes all. Ranges
/// count pairs of batch entry and head, B*H.
///
/// @param tokens N
public record PoolAttention(int tokens, int heads, int headWidth) {
    private int width() {
        return heads * headWidth;
    }

    private float scale() {
        return (float) (1 / Math.sqrt(headWidth));
    }

    private long key(int b, int h, int token) {
        return ((long) b * tokens + token) * 2 * width() + (long) h * headWidth;
    }

    private long value(int b, int h, int token) {
        return key(b, h, token) + width();
    }

    /// y (B,D) and probabilities (B,H,N) from query (D), kv (B,N,2D) and mask (B,N), which is not read unless
    /// `masked`
    public void forward(
            MemorySegment y,
            MemorySegment probabilities,
            MemorySegment query,
            MemorySegment kv,
            MemorySegment mask,
            boolean masked,
            int from,
            int to) {
        float[] lanes = new float[Lanes.WIDTH];
        for (int item = from; item < to; item++) {
            int b = item / heads;
            int h = item % heads;
            probabilities(probabilities, query, kv, mask, masked && anyKey(mask, b), b, h, lanes);
            long at = (long) b * width() + (long) h * headWidth;
            Pointwise.zero(y, at, at + headWidth);
            for (int j = 0; j < tokens; j++) {
                float p = probabilities.getAtIndex(FLOAT, (long) item * tokens + j);
                Unit.add(y, at, p, kv, value(b, h, j), headWidth);
            }
        }
    }

    private boolean anyKey(MemorySegment mask, int b) {
        for (int j = 0; j < tokens; j++) {
            if (mask.getAtIndex(FLOAT, (long) b * tokens + j) != 0) {
                return true;
            }
        }
        return false;
    }

    private void probabilities(
            MemorySegment p,
            MemorySegment query,
            MemorySegment kv,
            MemorySegment mask,
            boolean masked,
            int b,
            int h,
            float[] lanes) {
        long first = (long) (b * heads + h) * tokens;
        long q = (long) h * headWidth;
        float most = Float.NEGATIVE_INFINITY;
        for (int j = 0; j < tokens; j++) {
            boolean out = masked && mask.getAtIndex(FLOAT, (long) b * tokens + j) == 0;
            float score = out ? SelfAttention.HIDDEN : scale() * Unit.dot(query, q, kv, key(b, h, j), headWidth, lanes);
            most = Math.max(most, score);
            p.setAtIndex(FLOAT, first + j, score);
        }
        double sum = 0;
        for (int j = 0; j < tokens; j++) {
            double e = Math.exp(p.getAtIndex(FLOAT, first + j) - most);
            p.setAtIndex(FLOAT, first + j, (float) e);
            sum += e;
        }
        float inverse = (float) (1 / sum);
        for (int j = 0; j < tokens; j++) {
            boolean out = masked && mask.getAtIndex(FLOAT, (long) b * tokens + j) == 0;
            p.setAtIndex(FLOAT, first + j, out ? 0f : inverse * p.getAtIndex(FLOAT, first + j));
        }
    }

    /// dkv (B,N,2D) from query (D), kv (B,N,2D), mask (B,N) and dy (B,D). `scratch` receives the probabilities
    /// (B,H,N), their gradients (B,H,N) and each entry's share of dquery (B,D), one after the other; `scores`
    /// is B*H*N.
    public void backward(
            MemorySegment dkv,
            MemorySegment scratch,
            long scores,
            MemorySegment query,
            MemorySegment kv,
            MemorySegment mask,
            boolean masked,
            MemorySegment dy,
            int from,
            int to) {
        float[] lanes = new float[Lanes.WIDTH];
        for (int item = from; item < to; item++) {
            int b = item / heads;
            int h = item % heads;
            probabilities(scratch, query, kv, mask, masked && anyKey(mask, b), b, h, lanes);
            float mean = slopes(scratch, scores, kv, dy, b, h, lanes);
            long share = 2 * scores + (long) b * width() + (long) h * headWidth;
            Pointwise.zero(scratch, share, share + headWidth);
            for (int j = 0; j < tokens; j++) {
                key(dkv, scratch, scores, share, mean, query, kv, dy, b, h, j);
            }
        }
    }

    /// The gradients of the probabilities go to scratch; the answer is their mean under the probabilities.
    private float slopes(
            MemorySegment scratch, long scores, MemorySegment kv, MemorySegment dy, int b, int h, float[] lanes) {
        long first = (long) (b * heads + h) * tokens;
        long at = (long) b * width() + (long) h * headWidth;
        float mean = 0f;
        for (int j = 0; j < tokens; j++) {
            float slope = Unit.dot(dy, at, kv, value(b, h, j), headWidth, lanes);
            scratch.setAtIndex(FLOAT, scores + first + j, slope);
            mean += slope * scratch.getAtIndex(FLOAT, first + j);
        }
        return mean;
    }

    private void key(
            MemorySegment dkv,
            MemorySegment scratch,
            long scores,
            long share,
            float mean,
            MemorySegment query,
            MemorySegment kv,
            MemorySegment dy,
            int b,
            int h,
            int j) {
        long number = (long) (b * heads + h) * tokens + j;
        float p = scratch.getAtIndex(FLOAT, number);
        float slope = p * (scratch.getAtIndex(FLOAT, scores + number) - mean) * scale();
        long q = (long) h * headWidth;
        long at = (long) b * width() + (long) h * headWidth;
        Unit.add(scratch, share, slope, kv, key(b, h, j), headWidth);
        Unit.scale(dkv, key(b, h, j), slope, query, q, headWidth);
        Unit.scale(dkv, value(b, h, j), p, dy, at, headWidth);
    }
}
