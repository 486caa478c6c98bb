package dev.fovea.runtime.exec.cpu.kernel;

import java.lang.foreign.MemorySegment;

/// What one worker writes while it computes attention, and the packing of operands into it.
///
/// Legend: L tile columns (lanes) of the [MicroKernel], R tile rows, S tokens of one block on the other side, C
/// width of a head.
final class AttentionScratch {
    /// About how many tokens on the other side are treated at once.
    private static final int BLOCK = 128;

    final MicroKernel kernel;
    final int lanes;
    /// S: tokens on the other side that are treated at once, a multiple of R and of L.
    final int block;
    /// Operands of a whole head, packed in panels of R lines.
    final float[][] packs = {{}, {}, {}, {}, {}};
    /// (C,L) the block's own operands, for example queries and output gradients.
    float[] left = {};

    float[] right = {};
    /// (C,L) sums for the block, for example its outputs, with C rounded up to R.
    float[] sum = {};

    float[] otherSum = {};
    /// (N/L,C,L) the share of a span of keys in the gradients of a head's queries, N rounded up to L and C to R.
    float[] share = {};
    /// (L,L) a block of scores turned around.
    final float[] turned;
    /// (S,L) scores, probabilities or their gradients.
    final float[] scores;

    final float[] slopes;
    /// (L) numbers of the block's own tokens.
    final float[] most;

    final float[] total;
    final float[] factor;
    final float[] exchange = new float[Packing.exchangeLength()];

    AttentionScratch(MicroKernel kernel) {
        this.kernel = kernel;
        lanes = kernel.columns();
        int both = lanes;
        while (both % kernel.rows() != 0) {
            both += lanes;
        }
        block = Math.ceilDiv(BLOCK, both) * both;
        turned = new float[lanes * lanes];
        scores = new float[block * lanes];
        slopes = new float[block * lanes];
        most = new float[lanes];
        total = new float[lanes];
        factor = new float[lanes];
    }

    /// Makes room for attention of this shape; `packCount` operands are packed for whole heads.
    void reserve(AttentionShape shape, int packCount) {
        int rows = kernel.rows();
        int width = Math.ceilDiv(shape.headWidth(), rows) * rows;
        int packed = Math.multiplyExact(width, Math.ceilDiv(shape.keys(), rows) * rows);
        for (int i = 0; i < packCount; i++) {
            packs[i] = atLeast(packs[i], packed);
        }
        left = atLeast(left, width * lanes);
        right = atLeast(right, width * lanes);
        sum = atLeast(sum, width * lanes + Unpacking.MARGIN);
        otherSum = atLeast(otherSum, width * lanes + Unpacking.MARGIN);
    }

    /// Makes room for the gradients of the queries of a head.
    void reserveShare(AttentionShape shape) {
        share = atLeast(share, shareLength(shape) + Unpacking.MARGIN);
    }

    /// Floats of the gradients of the queries of a head.
    int shareLength(AttentionShape shape) {
        return Math.multiplyExact(Math.ceilDiv(shape.tokens(), lanes) * lanes, shareWidth(shape));
    }

    /// C rounded up to R.
    int shareWidth(AttentionShape shape) {
        return Math.ceilDiv(shape.headWidth(), kernel.rows()) * kernel.rows();
    }

    private static float[] atLeast(float[] array, int size) {
        return array.length >= size ? array : new float[size];
    }

    /// Pack `i` = keys (part 1) or values (2) of all tokens in panels of R tokens, each (C,R)
    void packTokens(int i, AttentionShape shape, MemorySegment qkv, MemorySegment cache, int part, int b, int h) {
        int depth = shape.headWidth();
        int stride = shape.stride();
        int panel = kernel.rows();
        Packing.alongDepth(
                packs[i], 0, cache, shape.cache(b, h, 0, part), stride, shape.cached(), depth, panel, exchange);
        Packing.alongDepth(
                packs[i],
                shape.cached(),
                qkv,
                shape.own(b, h, 0, part),
                stride,
                shape.tokens(),
                depth,
                panel,
                exchange);
        Packing.clearRest(packs[i], shape.keys(), depth, panel);
    }

    /// Pack `i` = keys (part 1) or values (2) of all tokens in panels of R channels, each (M+N,R)
    void packChannels(int i, AttentionShape shape, MemorySegment qkv, MemorySegment cache, int part, int b, int h) {
        int depth = shape.keys();
        int stride = shape.stride();
        int lines = shape.headWidth();
        int panel = kernel.rows();
        Packing.alongLines(packs[i], 0, depth, cache, shape.cache(b, h, 0, part), stride, lines, shape.cached(), panel);
        Packing.alongLines(
                packs[i], shape.cached(), depth, qkv, shape.own(b, h, 0, part), stride, lines, shape.tokens(), panel);
        Packing.clearRest(packs[i], lines, depth, panel);
    }

    /// Pack `i` = N rows of `source` in panels of R rows, each (C,R)
    void packRows(int i, AttentionShape shape, MemorySegment source, long offset, int stride) {
        int panel = kernel.rows();
        Packing.alongDepth(packs[i], 0, source, offset, stride, shape.tokens(), shape.headWidth(), panel, exchange);
        Packing.clearRest(packs[i], shape.tokens(), shape.headWidth(), panel);
    }

    /// Pack `i` = N rows of `source` in panels of R channels, each (N,R)
    void packColumns(int i, AttentionShape shape, MemorySegment source, long offset, int stride) {
        int panel = kernel.rows();
        int depth = shape.tokens();
        Packing.alongLines(packs[i], 0, depth, source, offset, stride, shape.headWidth(), depth, panel);
        Packing.clearRest(packs[i], shape.headWidth(), depth, panel);
    }

    /// block (C,L) = columns `at` on from `count` rows of `source`
    void packBlock(float[] block, int at, MemorySegment source, long offset, int stride, int count, int headWidth) {
        Packing.alongDepth(block, at, source, offset, stride, count, headWidth, lanes, exchange);
    }

    /// target (count,L) = lines `first` on of pack `i` · block (C,L)
    void multiplyTokens(float[] target, int i, int first, int count, float[] block, int headWidth) {
        for (int line = 0; line < count; line += kernel.rows()) {
            kernel.multiply(target, line * lanes, packs[i], (first + line) * headWidth, block, 0, headWidth);
        }
    }

    /// target (C,L) at `at` += pack `i` (all channels, depths `first` to `first + depth` of `totalDepth`) · block
    /// (depth,L)
    void addChannels(
            float[] target, int at, int i, int first, int depth, int totalDepth, float[] block, int headWidth) {
        int rows = kernel.rows();
        for (int line = 0; line < headWidth; line += rows) {
            int from = line * totalDepth + first * rows;
            kernel.multiplyAdd(target, at + line * lanes, packs[i], from, block, 0, depth);
        }
    }

    /// Rows of `target`, `stride` floats apart = columns of a block (C,L), which begin at `at`
    void unpack(MemorySegment target, long to, int stride, float[] block, int at, int count, int headWidth) {
        Unpacking.columns(target, to, stride, block, at, lanes, count, headWidth, exchange);
    }
}
