package dev.fovea.runtime.exec.cpu;

import dev.fovea.runtime.exec.cpu.kernel.Blocks;
import dev.fovea.runtime.exec.cpu.kernel.ColumnSums;
import dev.fovea.runtime.exec.cpu.kernel.Maps;
import dev.fovea.runtime.exec.cpu.kernel.Unit;
import dev.fovea.runtime.ir.MapOp;
import dev.fovea.runtime.ir.Value;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Selection maps.
///
/// Legend: B batch, N cells, D width.
final class MapCpu {
    private static final float EPSILON = (float) MapOp.EPSILON;

    private MapCpu() {}

    static Step lower(MapOp.Forward op, List<Value> out, Lowering l) {
        MemorySegment y = l.of(out.getFirst());
        int maps = out.getFirst().shape().rows();
        int cells = out.getFirst().shape().dim(-1);
        return switch (op) {
            case MapOp.CosineScore c -> cosine(c, y, l);
            case MapOp.AdaptiveMaxPool pool -> {
                Maps kernel = new Maps(pool.rows(), pool.columns(), pool.toRows(), pool.toColumns());
                MemorySegment x = l.of(pool.x());
                yield l.rows(maps, cells, (from, to, _) -> kernel.maxPool(y, x, from, to));
            }
            case MapOp.NearestResize resize -> {
                Maps kernel = new Maps(resize.rows(), resize.columns(), resize.toRows(), resize.toColumns());
                MemorySegment x = l.of(resize.x());
                yield l.rows(maps, cells, (from, to, _) -> kernel.nearest(y, x, from, to));
            }
        };
    }

    static Step lower(MapOp.Backward op, List<Value> out, Lowering l) {
        return switch (op) {
            case MapOp.CosineScoreBackward c -> cosineBackward(c, out, l);
            case MapOp.AdaptiveMaxPoolBackward b -> {
                MapOp.AdaptiveMaxPool pool = b.of();
                Maps kernel = new Maps(pool.rows(), pool.columns(), pool.toRows(), pool.toColumns());
                MemorySegment dx = l.of(out.getFirst());
                MemorySegment x = l.of(pool.x());
                MemorySegment dy = l.of(b.dy());
                int cells = pool.rows() * pool.columns();
                yield l.rows(
                        pool.x().shape().rows(), cells, (from, to, _) -> kernel.maxPoolBackward(dx, x, dy, from, to));
            }
            case MapOp.NearestResizeBackward b -> {
                MapOp.NearestResize resize = b.of();
                Maps kernel = new Maps(resize.rows(), resize.columns(), resize.toRows(), resize.toColumns());
                MemorySegment dx = l.of(out.getFirst());
                MemorySegment dy = l.of(b.dy());
                yield l.rows(
                        b.dy().shape().rows(),
                        b.dy().shape().dim(-1),
                        (from, to, _) -> kernel.nearestBackward(dx, dy, from, to));
            }
        };
    }

    private static Step cosine(MapOp.CosineScore op, MemorySegment y, Lowering l) {
        MemorySegment x = l.of(op.features());
        MemorySegment prompt = l.of(op.prompt());
        boolean shared = op.prompt().shape().rows() == 1;
        int cells = op.features().shape().dim(1);
        int width = op.features().shape().dim(2);
        return l.rows(
                op.features().shape().rows(),
                width,
                (from, to, _) -> Unit.cosine(y, x, prompt, shared, cells, width, EPSILON, from, to));
    }

    /// Each block of cells leaves its share of dprompt; the shares of a prompt are added at the end.
    private static Step cosineBackward(MapOp.CosineScoreBackward op, List<Value> out, Lowering l) {
        MemorySegment dx = l.of(out.get(0));
        MemorySegment dprompt = l.of(out.get(1));
        MemorySegment x = l.of(op.of().features());
        MemorySegment prompt = l.of(op.of().prompt());
        MemorySegment y = l.of(op.y());
        MemorySegment dy = l.of(op.dy());
        boolean shared = op.of().prompt().shape().rows() == 1;
        int batch = op.of().features().shape().dim(0);
        int cells = op.of().features().shape().dim(1);
        int width = op.of().features().shape().dim(2);
        int blocks = Blocks.count(cells);
        Scratch scratch = l.scratch();
        scratch.reserve((long) batch * blocks * width);
        int prompts = shared ? 1 : batch;
        int blocksOfPrompt = batch * blocks / prompts;
        Step first = l.rows(
                batch * blocks,
                Math.ceilDiv(cells, blocks) * width,
                (from, to, _) -> Unit.cosineBackward(
                        dx, scratch.segment(), x, prompt, y, dy, shared, cells, blocks, width, EPSILON, from, to));
        return first.then(l.rows(prompts, blocksOfPrompt * width, (from, to, _) -> {
            for (int p = from; p < to; p++) {
                long at = (long) p * blocksOfPrompt * width;
                ColumnSums.combine(dprompt, (long) p * width, scratch.segment(), at, width, blocksOfPrompt, 0, width);
            }
        }));
    }
}
