package dev.fovea.runtime.exec.cpu;

import dev.fovea.runtime.exec.cpu.kernel.AttentionShape;
import dev.fovea.runtime.exec.cpu.kernel.ColumnSums;
import dev.fovea.runtime.exec.cpu.kernel.PoolAttention;
import dev.fovea.runtime.exec.cpu.kernel.SelfAttention;
import dev.fovea.runtime.exec.cpu.kernel.SelfAttentionGradient;
import dev.fovea.runtime.ir.AttentionOp;
import dev.fovea.runtime.ir.Value;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Self-attention and pooling attention.
///
/// Legend: B batch, N tokens, H heads, C width of a head, D = H * C.
final class AttentionCpu {
    private AttentionCpu() {}

    static Step lower(AttentionOp.Forward op, List<Value> out, Lowering l) {
        return switch (op) {
            case AttentionOp.SelfAttention self -> self(self, out, l);
            case AttentionOp.PoolAttention pool -> pool(pool, out.getFirst(), l);
        };
    }

    static Step lower(AttentionOp.Backward op, List<Value> out, Lowering l) {
        return switch (op) {
            case AttentionOp.SelfAttentionBackward self -> selfBackward(self, out, l);
            case AttentionOp.PoolAttentionBackward pool -> poolBackward(pool, out, l);
        };
    }

    private static AttentionShape shape(AttentionOp.SelfAttention op) {
        int batch = op.qkv().shape().dim(0);
        int tokens = op.qkv().shape().dim(1);
        return new AttentionShape(batch, tokens, op.cached(), op.heads(), op.width() / op.heads(), op.causal());
    }

    private static MemorySegment optional(@Nullable Value value, Lowering l) {
        return value == null ? MemorySegment.NULL : l.of(value);
    }

    private static Step self(AttentionOp.SelfAttention op, List<Value> out, Lowering l) {
        AttentionShape shape = shape(op);
        SelfAttention kernel = l.engine().attention();
        kernel.reserve(shape);
        MemorySegment y = l.of(out.get(0));
        MemorySegment logSumExp = l.of(out.get(1));
        MemorySegment qkv = l.of(op.qkv());
        MemorySegment cache = optional(op.cache(), l);
        return () -> kernel.run(shape, y, logSumExp, qkv, cache);
    }

    private static Step selfBackward(AttentionOp.SelfAttentionBackward op, List<Value> out, Lowering l) {
        AttentionShape shape = shape(op.of());
        SelfAttentionGradient kernel = l.engine().attentionGradient();
        kernel.reserve(shape);
        MemorySegment dqkv = l.of(out.get(0));
        MemorySegment dcache = out.size() > 1 ? l.of(out.get(1)) : MemorySegment.NULL;
        MemorySegment qkv = l.of(op.of().qkv());
        MemorySegment cache = optional(op.of().cache(), l);
        MemorySegment y = l.of(op.y());
        MemorySegment logSumExp = l.of(op.logSumExp());
        MemorySegment dy = l.of(op.dy());
        return () -> kernel.run(shape, dqkv, dcache, qkv, cache, y, logSumExp, dy);
    }

    private static PoolAttention kernel(AttentionOp.PoolAttention op) {
        int width = op.query().shape().elements();
        return new PoolAttention(op.kv().shape().dim(1), op.heads(), width / op.heads());
    }

    /// Items of pooling work, B*H, of which a part should hold at least so many.
    private static int grain(AttentionOp.PoolAttention op, int items) {
        return Math.max(1, (1 << 14) / Math.max(1, op.kv().shape().elements() / items));
    }

    private static Step pool(AttentionOp.PoolAttention op, Value output, Lowering l) {
        PoolAttention kernel = kernel(op);
        int items = op.kv().shape().dim(0) * op.heads();
        Scratch scratch = l.scratch();
        scratch.reserve((long) items * kernel.tokens());
        MemorySegment y = l.of(output);
        MemorySegment query = l.of(op.query());
        MemorySegment kv = l.of(op.kv());
        MemorySegment mask = optional(op.mask(), l);
        boolean masked = op.mask() != null;
        return l.range(
                items,
                grain(op, items),
                (from, to, _) -> kernel.forward(y, scratch.segment(), query, kv, mask, masked, from, to));
    }

    /// Scratch memory: probabilities (B,H,N), their gradients (B,H,N), and the shares of the entries in dquery
    /// (B,D).
    private static Step poolBackward(AttentionOp.PoolAttentionBackward op, List<Value> out, Lowering l) {
        PoolAttention kernel = kernel(op.of());
        int batch = op.of().kv().shape().dim(0);
        int items = batch * op.of().heads();
        int width = op.of().query().shape().elements();
        long scores = (long) items * kernel.tokens();
        Scratch scratch = l.scratch();
        scratch.reserve(2 * scores + (long) batch * width);
        MemorySegment dquery = l.of(out.get(0));
        MemorySegment dkv = l.of(out.get(1));
        MemorySegment query = l.of(op.of().query());
        MemorySegment kv = l.of(op.of().kv());
        MemorySegment mask = optional(op.of().mask(), l);
        boolean masked = op.of().mask() != null;
        MemorySegment dy = l.of(op.dy());
        Step first = l.range(
                items,
                grain(op.of(), items),
                (from, to, _) ->
                        kernel.backward(dkv, scratch.segment(), scores, query, kv, mask, masked, dy, from, to));
        return first.then(l.rows(
                width,
                batch,
                (from, to, _) -> ColumnSums.combine(dquery, 0, scratch.segment(), 2 * scores, width, batch, from, to)));
    }
}
