package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// The gradient of [SelfAttention]. Probabilities are computed again from the scores and the kept log-sum-exp.
///
/// Two passes: one over blocks of queries for their gradients, one over blocks of keys for those of keys and
/// values. Each computes the scores for itself, so that no two workers ever add to the same element and the
/// result depends on the shape alone. Legend as in [AttentionShape]; L tile columns, S tokens of a block on the
/// other side.
public final class SelfAttentionGradient {
    private final Workers workers;
    private final AttentionScratch[] scratch;
    private final RangeBody queryBody = this::queryBlocks;
    private final RangeBody keyBody = this::keyBlocks;
    /// (B,H,N) the inner products of output and its gradient
    private float[] means = {};

    private AttentionShape shape = new AttentionShape(1, 1, 0, 1, 1, false);
    private MemorySegment dqkv = MemorySegment.NULL;
    private MemorySegment dcache = MemorySegment.NULL;
    private MemorySegment qkv = MemorySegment.NULL;
    private MemorySegment cache = MemorySegment.NULL;
    private MemorySegment y = MemorySegment.NULL;
    private MemorySegment logSumExp = MemorySegment.NULL;
    private MemorySegment dy = MemorySegment.NULL;

    /// A kernel for the shapes that are reserved later; it serves one caller at a time.
    public SelfAttentionGradient(Workers workers) {
        this(workers, MicroKernel.preferred());
    }

    SelfAttentionGradient(Workers workers, MicroKernel kernel) {
        this.workers = workers;
        scratch = new AttentionScratch[workers.count()];
        Arrays.setAll(scratch, _ -> new AttentionScratch(kernel));
    }

    /// Makes room for attention of this shape. Must be called before [#run] with it.
    public void reserve(AttentionShape attentionShape) {
        for (AttentionScratch s : scratch) {
            s.reserve(attentionShape, 4);
        }
        int queries = attentionShape.batch() * attentionShape.heads() * attentionShape.tokens();
        means = means.length >= queries ? means : new float[queries];
    }

    /// dqkv (B,N,3D), dcache (B,M,3D) with 0 in the place of queries, from qkv (B,N,3D), cache (B,M,3D), y
    /// (B,N,D), logSumExp (B,H,N), dy (B,N,D); `cache` and `dcache` are not used if M is 0
    public void run(
            AttentionShape attentionShape,
            MemorySegment outputQkv,
            MemorySegment outputCache,
            MemorySegment qkvRows,
            MemorySegment cacheRows,
            MemorySegment outputs,
            MemorySegment logSums,
            MemorySegment outputGradients) {
        shape = attentionShape;
        dqkv = outputQkv;
        dcache = outputCache;
        qkv = qkvRows;
        cache = cacheRows;
        y = outputs;
        logSumExp = logSums;
        dy = outputGradients;
        int heads = shape.batch() * shape.heads();
        workers.forRange(heads * blocks(shape.tokens()), 1, queryBody);
        workers.forRange(heads * blocks(shape.keys()), 1, keyBody);
    }

    private int blocks(int tokens) {
        return Math.ceilDiv(tokens, scratch[0].lanes);
    }

    private void queryBlocks(int from, int to, int worker) {
        AttentionScratch s = scratch[worker];
        int count = blocks(shape.tokens());
        for (int item = from; item < to; item++) {
            int b = item / count / shape.heads();
            int h = item / count % shape.heads();
            if (item == from || item % count == 0) {
                s.packTokens(0, shape, qkv, cache, 1, b, h);
                s.packTokens(1, shape, qkv, cache, 2, b, h);
                s.packChannels(2, shape, qkv, cache, 1, b, h);
            }
            queryBlock(s, b, h, item % count * s.lanes);
        }
    }

    private void queryBlock(AttentionScratch s, int b, int h, int query) {
        int count = Math.min(s.lanes, shape.tokens() - query);
        int width = shape.headWidth();
        s.packBlock(s.left, 0, qkv, shape.own(b, h, query, 0), shape.stride(), count, width);
        Packing.clearRest(s.left, count, width, s.lanes);
        Softmax.scale(s.left, shape.scale(), width * s.lanes);
        s.packBlock(s.right, 0, dy, shape.output(b, h, query), shape.width(), count, width);
        Packing.clearRest(s.right, count, width, s.lanes);
        queryNumbers(s, b, h, query, count);
        Arrays.fill(s.sum, 0f);
        int visible = shape.visible(query + count);
        for (int key = 0; key < visible; key += s.block) {
            int keys = Math.min(s.block, visible - key);
            s.multiplyTokens(s.scores, 0, key, keys, s.left, width);
            s.multiplyTokens(s.slopes, 1, key, keys, s.right, width);
            SelfAttention.hide(shape, s.scores, s.lanes, query, key, keys);
            Softmax.slopesByColumn(s.scores, s.slopes, s.total, s.most, keys, s.lanes);
            s.addChannels(s.sum, 2, key, keys, shape.keys(), s.scores, width);
        }
        for (int i = 0; i < count; i++) {
            unpack(dqkv, shape.own(b, h, query + i, 0), s.sum, i, s.lanes, shape.scale());
        }
    }

    /// The log-sum-exp of each query of the block, and the inner product of its output with its gradient, which
    /// the second pass reads too.
    private void queryNumbers(AttentionScratch s, int b, int h, int query, int count) {
        Arrays.fill(s.total, 0f);
        Arrays.fill(s.most, 0f);
        for (int i = 0; i < count; i++) {
            long at = shape.output(b, h, query + i);
            int number = (int) shape.query(b, h, query + i);
            s.total[i] = logSumExp.getAtIndex(FLOAT, number);
            s.most[i] = Unit.dot(y, at, dy, at, shape.headWidth(), s.factor);
            means[number] = s.most[i];
        }
    }

    private void unpack(MemorySegment target, long at, float[] block, int column, int lanes, float scale) {
        for (int e = 0; e < shape.headWidth(); e++) {
            target.set(FLOAT, (at + e) << 2, block[e * lanes + column] * scale);
        }
    }

    private void keyBlocks(int from, int to, int worker) {
        AttentionScratch s = scratch[worker];
        int count = blocks(shape.keys());
        for (int item = from; item < to; item++) {
            int b = item / count / shape.heads();
            int h = item / count % shape.heads();
            if (item == from || item % count == 0) {
                s.packRows(0, shape, qkv, shape.own(b, h, 0, 0), shape.stride());
                s.packRows(1, shape, dy, shape.output(b, h, 0), shape.width());
                s.packColumns(2, shape, qkv, shape.own(b, h, 0, 0), shape.stride());
                s.packColumns(3, shape, dy, shape.output(b, h, 0), shape.width());
            }
            keyBlock(s, b, h, item % count * s.lanes);
        }
    }

    private void keyBlock(AttentionScratch s, int b, int h, int key) {
        int count = Math.min(s.lanes, shape.keys() - key);
        int width = shape.headWidth();
        packKeys(s, s.left, 1, b, h, key, count);
        Softmax.scale(s.left, shape.scale(), width * s.lanes);
        packKeys(s, s.right, 2, b, h, key, count);
        Arrays.fill(s.sum, 0f);
        Arrays.fill(s.otherSum, 0f);
        int first = shape.firstQuery(key) / s.block * s.block;
        for (int query = first; query < shape.tokens(); query += s.block) {
            int queries = Math.min(s.block, shape.tokens() - query);
            s.multiplyTokens(s.scores, 0, query, queries, s.left, width);
            s.multiplyTokens(s.slopes, 1, query, queries, s.right, width);
            for (int i = 0; i < queries; i++) {
                hideLater(s, key, query + i, i);
                long number = shape.query(b, h, query + i);
                float log = logSumExp.getAtIndex(FLOAT, number);
                Softmax.slopesOfRow(s.scores, s.slopes, log, means[(int) number], i, s.lanes);
            }
            s.addChannels(s.sum, 2, query, queries, shape.tokens(), s.slopes, width);
            s.addChannels(s.otherSum, 3, query, queries, shape.tokens(), s.scores, width);
        }
        for (int i = 0; i < count; i++) {
            writeKey(s, b, h, key + i, i);
        }
    }

    private void hideLater(AttentionScratch s, int key, int query, int row) {
        if (shape.causal()) {
            int seen = Math.clamp(shape.cached() + query + 1 - key, 0, s.lanes);
            Arrays.fill(s.scores, row * s.lanes + seen, (row + 1) * s.lanes, SelfAttention.HIDDEN);
        }
    }

    private void packKeys(AttentionScratch s, float[] block, int part, int b, int h, int key, int count) {
        int cached = Math.clamp(shape.cached() - key, 0, count);
        int width = shape.headWidth();
        if (cached > 0) {
            s.packBlock(block, 0, cache, shape.cache(b, h, key, part), shape.stride(), cached, width);
        }
        if (cached < count) {
            int token = Math.max(0, key - shape.cached());
            s.packBlock(block, cached, qkv, shape.own(b, h, token, part), shape.stride(), count - cached, width);
        }
        Packing.clearRest(block, count, width, s.lanes);
    }

    private void writeKey(AttentionScratch s, int b, int h, int key, int column) {
        if (key < shape.cached()) {
            long query = shape.cache(b, h, key, 0);
            Pointwise.zero(dcache, query, query + shape.headWidth());
            unpack(dcache, shape.cache(b, h, key, 1), s.sum, column, s.lanes, shape.scale());
            unpack(dcache, shape.cache(b, h, key, 2), s.otherSum, column, s.lanes, 1f);
        } else {
            int token = key - shape.cached();
            unpack(dqkv, shape.own(b, h, token, 1), s.sum, column, s.lanes, shape.scale());
            unpack(dqkv, shape.own(b, h, token, 2), s.otherSum, column, s.lanes, 1f);
        }
    }
}
