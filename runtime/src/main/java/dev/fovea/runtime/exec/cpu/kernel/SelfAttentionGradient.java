package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// The gradient of [SelfAttention]. Probabilities are computed again from the scores and the kept log-sum-exp.
///
/// The keys of a head are cut into spans. A worker takes a span at a time and walks over its keys in blocks, and
/// for each over all queries: scores, probabilities and their gradients are computed once and give the gradients
/// of keys and values, which no other span touches, and the span's share in the gradients of the queries. The
/// shares are added in the order of the spans. How many spans there are depends on the shape alone, and so do
/// the results.
///
/// Legend as in [AttentionShape]; L tile columns, S queries of a block, a multiple of L.
public final class SelfAttentionGradient {
    /// Heads times spans that give a few dozen workers something to do.
    private static final int SPANS_WANTED = 32;
    /// Blocks of keys in a span, at least: fewer, and adding up the shares costs more than it gives.
    private static final int BLOCKS_OF_A_SPAN = 12;

    private final Workers workers;
    private final AttentionScratch[] scratch;
    private final RangeBody meanBody = this::means;
    private final RangeBody spanBody = this::spans;
    private final RangeBody shareBody = this::addShares;
    /// (B,N,H) the inner products of output and its gradient
    private float[] means = {};
    /// (B,H,spans,C,N) the shares of the spans in the gradients of the queries, where there are several
    private float[] shares = {};

    private AttentionShape shape = new AttentionShape(1, 1, 0, 1, 1, false);
    private int spans = 1;
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
            s.reserve(attentionShape, 5);
            s.reserveShare(attentionShape);
        }
        int heads = attentionShape.batch() * attentionShape.heads();
        int queries = heads * attentionShape.tokens();
        means = means.length >= queries ? means : new float[queries];
        int count = spans(attentionShape);
        int share = count == 1 ? 0 : Math.multiplyExact(heads * count, scratch[0].shareLength(attentionShape));
        shares = shares.length >= share ? shares : new float[share + Unpacking.MARGIN];
    }

    /// A power of two, so that it divides evenly among the usual numbers of workers.
    private int spans(AttentionShape s) {
        int blocks = Math.ceilDiv(s.keys(), scratch[0].lanes);
        int heads = s.batch() * s.heads();
        int count = 1;
        while (2 * count * heads <= SPANS_WANTED && 2 * count * BLOCKS_OF_A_SPAN <= blocks) {
            count *= 2;
        }
        return count;
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
        spans = spans(shape);
        dqkv = outputQkv;
        dcache = outputCache;
        qkv = qkvRows;
        cache = cacheRows;
        y = outputs;
        logSumExp = logSums;
        dy = outputGradients;
        int heads = shape.batch() * shape.heads();
        workers.forRange(shape.batch() * shape.tokens(), Math.max(1, (1 << 14) / shape.width()), meanBody);
        workers.forRange(heads * spans, 1, spanBody);
        if (spans > 1) {
            workers.forRange(heads * Math.ceilDiv(shape.tokens(), scratch[0].lanes), 1, shareBody);
        }
    }

    private void means(int from, int to, int worker) {
        float[] sums = scratch[worker].factor;
        for (int row = from; row < to; row++) {
            for (int h = 0; h < shape.heads(); h++) {
                long at = (long) row * shape.width() + (long) h * shape.headWidth();
                means[row * shape.heads() + h] = Unit.dot(y, at, dy, at, shape.headWidth(), sums);
            }
        }
    }

    private void spans(int from, int to, int worker) {
        AttentionScratch s = scratch[worker];
        int blocks = Math.ceilDiv(shape.keys(), s.lanes);
        for (int item = from; item < to; item++) {
            int head = item / spans;
            int span = item % spans;
            int b = head / shape.heads();
            int h = head % shape.heads();
            if (item == from || span == 0) {
                s.packRows(0, shape, qkv, shape.own(b, h, 0, 0), shape.stride());
                s.packRows(1, shape, dy, shape.output(b, h, 0), shape.width());
                s.packColumns(2, shape, qkv, shape.own(b, h, 0, 0), shape.stride());
                s.packColumns(3, shape, dy, shape.output(b, h, 0), shape.width());
                s.packChannels(4, shape, qkv, cache, 1, b, h);
            }
            Arrays.fill(s.share, 0, s.shareLength(shape), 0f);
            for (int block = blocks * span / spans; block < blocks * (span + 1) / spans; block++) {
                keyBlock(s, b, h, block * s.lanes);
            }
            finishSpan(s, item, b, h);
        }
    }

    private void finishSpan(AttentionScratch s, int item, int b, int h) {
        int length = s.shareLength(shape);
        Softmax.scale(s.share, shape.scale(), length);
        if (spans > 1) {
            System.arraycopy(s.share, 0, shares, item * length, length);
            return;
        }
        for (int query = 0; query < shape.tokens(); query += s.lanes) {
            writeQueries(s, s.share, query * s.shareWidth(shape), b, h, query);
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
                float log = logSumExp.getAtIndex(FLOAT, shape.query(b, h, query + i));
                float mean = means[(b * shape.tokens() + query + i) * shape.heads() + h];
                Softmax.slopesOfRow(s.scores, s.slopes, log, mean, i, s.lanes);
            }
            s.addChannels(s.sum, 0, 2, query, queries, shape.tokens(), s.slopes, width);
            s.addChannels(s.otherSum, 0, 3, query, queries, shape.tokens(), s.scores, width);
            addQueries(s, key, count, query, queries);
        }
        writeKeys(s, b, h, key, count);
    }

    /// share (C,L) of each L queries += keys (C,count) · slopesT (count,L)
    private void addQueries(AttentionScratch s, int key, int count, int query, int queries) {
        for (int i = 0; i < queries; i += s.lanes) {
            int present = Math.min(s.lanes, queries - i);
            Transpose.block(s.turned, s.slopes, i * s.lanes, present, s.lanes, s.exchange);
            int at = (query + i) * s.shareWidth(shape);
            s.addChannels(s.share, at, 4, key, count, shape.keys(), s.turned, shape.headWidth());
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

    private void writeKeys(AttentionScratch s, int b, int h, int key, int count) {
        int cached = Math.clamp(shape.cached() - key, 0, count);
        int width = shape.headWidth();
        int stride = shape.stride();
        Softmax.scale(s.sum, shape.scale(), width * s.lanes);
        for (int i = 0; i < cached; i++) {
            long query = shape.cache(b, h, key + i, 0);
            Pointwise.zero(dcache, query, query + width);
        }
        if (cached > 0) {
            s.unpack(dcache, shape.cache(b, h, key, 1), stride, s.sum, 0, cached, width);
            s.unpack(dcache, shape.cache(b, h, key, 2), stride, s.otherSum, 0, cached, width);
        }
        if (cached < count) {
            int token = key + cached - shape.cached();
            s.unpack(dqkv, shape.own(b, h, token, 1), stride, s.sum, cached, count - cached, width);
            s.unpack(dqkv, shape.own(b, h, token, 2), stride, s.otherSum, cached, count - cached, width);
        }
    }

    private void addShares(int from, int to, int worker) {
        AttentionScratch s = scratch[worker];
        int count = Math.ceilDiv(shape.tokens(), s.lanes);
        int length = s.shareLength(shape);
        int size = s.lanes * s.shareWidth(shape);
        for (int item = from; item < to; item++) {
            int head = item / count;
            int query = item % count * s.lanes;
            int at = head * spans * length + query * s.shareWidth(shape);
            for (int span = 1; span < spans; span++) {
                Softmax.add(shares, at, at + span * length, size);
            }
            writeQueries(s, shares, at, head / shape.heads(), head % shape.heads(), query);
        }
    }

    /// Writes the gradients of L queries from a block (C,L).
    private void writeQueries(AttentionScratch s, float[] block, int at, int b, int h, int query) {
        int count = Math.min(s.lanes, shape.tokens() - query);
        s.unpack(dqkv, shape.own(b, h, query, 0), shape.stride(), block, at, count, shape.headWidth());
    }
}
