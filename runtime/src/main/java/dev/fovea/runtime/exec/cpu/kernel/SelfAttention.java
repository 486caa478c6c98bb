package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// softmax(q kT / sqrt(C)) v for packed queries, keys and values, without a matrix of all scores in memory,
/// after Dao et al., "FlashAttention" (2022).
///
/// A block of L queries meets the keys S at a time. Scores are held transposed, (S,L): the softmax then runs
/// down the columns without horizontal sums, and the probabilities are already in the order in which the
/// product with the values reads them. Legend as in [AttentionShape]; L tile columns, S keys of a block.
public final class SelfAttention {
    /// Stands for a score that a query may not see; finite, so that differences stay finite.
    static final float HIDDEN = -1e30f;

    private final Workers workers;
    private final AttentionScratch[] scratch;
    private final RangeBody body = this::blocks;
    private AttentionShape shape = new AttentionShape(1, 1, 0, 1, 1, false);
    private MemorySegment y = MemorySegment.NULL;
    private MemorySegment logSumExp = MemorySegment.NULL;
    private MemorySegment qkv = MemorySegment.NULL;
    private MemorySegment cache = MemorySegment.NULL;

    /// A kernel for the shapes that are reserved later; it serves one caller at a time.
    public SelfAttention(Workers workers) {
        this(workers, MicroKernel.preferred());
    }

    SelfAttention(Workers workers, MicroKernel kernel) {
        this.workers = workers;
        scratch = new AttentionScratch[workers.count()];
        Arrays.setAll(scratch, _ -> new AttentionScratch(kernel));
    }

    /// Makes room for attention of this shape. Must be called before [#run] with it.
    public void reserve(AttentionShape attentionShape) {
        for (AttentionScratch s : scratch) {
            s.reserve(attentionShape, 2);
        }
    }

    /// y (B,N,D), logSumExp (B,H,N) from qkv (B,N,3D), cache (B,M,3D); `cache` is not read if M is 0
    public void run(
            AttentionShape attentionShape,
            MemorySegment output,
            MemorySegment outputLogSumExp,
            MemorySegment qkvRows,
            MemorySegment cacheRows) {
        shape = attentionShape;
        y = output;
        logSumExp = outputLogSumExp;
        qkv = qkvRows;
        cache = cacheRows;
        workers.forRange(shape.batch() * shape.heads() * blocksOfHead(), 1, body);
    }

    private int blocksOfHead() {
        return Math.ceilDiv(shape.tokens(), scratch[0].lanes);
    }

    private void blocks(int from, int to, int worker) {
        AttentionScratch s = scratch[worker];
        int count = blocksOfHead();
        for (int item = from; item < to; item++) {
            int head = item / count;
            int b = head / shape.heads();
            int h = head % shape.heads();
            if (item == from || item % count == 0) {
                s.packTokens(0, shape, qkv, cache, 1, b, h);
                s.packChannels(1, shape, qkv, cache, 2, b, h);
            }
            block(s, b, h, item % count * s.lanes);
        }
    }

    private void block(AttentionScratch s, int b, int h, int query) {
        int count = Math.min(s.lanes, shape.tokens() - query);
        int width = shape.headWidth();
        s.packBlock(s.left, 0, qkv, shape.own(b, h, query, 0), shape.stride(), count, width);
        Packing.clearRest(s.left, count, width, s.lanes);
        Softmax.scale(s.left, shape.scale(), width * s.lanes);
        Arrays.fill(s.sum, 0f);
        Arrays.fill(s.total, 0f);
        Arrays.fill(s.most, HIDDEN);
        int visible = shape.visible(query + count);
        for (int key = 0; key < visible; key += s.block) {
            int keys = Math.min(s.block, visible - key);
            s.multiplyTokens(s.scores, 0, key, keys, s.left, width);
            hide(s, query, key, keys);
            Softmax.online(s.scores, s.most, s.total, s.factor, keys, s.lanes);
            Softmax.scaleColumns(s.sum, s.factor, width, s.lanes);
            s.addChannels(s.sum, 0, 1, key, keys, shape.keys(), s.scores, width);
        }
        write(s, b, h, query, count);
    }

    /// Hides from each query of the block the own keys that come later.
    private void hide(AttentionScratch s, int query, int key, int keys) {
        hide(shape, s.scores, s.lanes, query, key, keys);
    }

    static void hide(AttentionShape shape, float[] scores, int lanes, int query, int key, int keys) {
        for (int k = 0; k < keys && shape.causal(); k++) {
            int hidden = Math.min(lanes, shape.firstQuery(key + k) - query);
            if (hidden > 0) {
                Arrays.fill(scores, k * lanes, k * lanes + hidden, HIDDEN);
            }
        }
    }

    private void write(AttentionScratch s, int b, int h, int query, int count) {
        for (int i = 0; i < s.lanes; i++) {
            s.factor[i] = 1 / s.total[i];
        }
        Softmax.scaleColumns(s.sum, s.factor, shape.headWidth(), s.lanes);
        s.unpack(y, shape.output(b, h, query), shape.width(), s.sum, 0, count, shape.headWidth());
        for (int i = 0; i < count; i++) {
            float log = (float) (s.most[i] + Math.log(s.total[i]));
            logSumExp.setAtIndex(FLOAT, shape.query(b, h, query + i), log);
        }
    }
}
