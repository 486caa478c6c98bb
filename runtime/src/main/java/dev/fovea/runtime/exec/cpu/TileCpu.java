package dev.fovea.runtime.exec.cpu;

import dev.fovea.runtime.exec.cpu.kernel.Tiles;
import dev.fovea.runtime.ir.TileOp;
import dev.fovea.runtime.ir.Value;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Tokens on grids: tiles, area resizing, windows, row ends.
final class TileCpu {
    private TileCpu() {}

    static Step lower(TileOp.Forward op, List<Value> out, Lowering l) {
        MemorySegment y = l.of(out.getFirst());
        int width = TileOp.width(out.getFirst());
        int rows = out.getFirst().shape().elements() / width;
        return switch (op) {
            case TileOp.CutTiles cut -> {
                MemorySegment x = l.of(cut.x());
                int batch = cut.x().shape().dim(0);
                yield l.rows(rows, width, (from, to, _) -> Tiles.cut(y, x, cut.tiling(), batch, width, from, to));
            }
            case TileOp.StitchTiles stitch -> {
                MemorySegment tiles = l.of(stitch.tiles());
                int batch = out.getFirst().shape().dim(0);
                yield l.rows(
                        rows, width, (from, to, _) -> Tiles.stitch(y, tiles, stitch.tiling(), batch, width, from, to));
            }
            case TileOp.AreaTokens area -> {
                MemorySegment x = l.of(area.x());
                yield l.rows(rows, width, (from, to, _) -> Tiles.area(y, x, area.grid(), width, from, to));
            }
            case TileOp.Window window -> {
                MemorySegment x = l.of(window.x());
                yield l.rows(rows, width, (from, to, _) -> Tiles.window(y, x, window.cells(), width, from, to));
            }
            case TileOp.RowEnds ends -> {
                MemorySegment x = l.of(ends.x());
                MemorySegment vectors = l.of(ends.ends());
                boolean shared = ends.shared();
                yield l.rows(
                        rows,
                        width,
                        (from, to, _) -> Tiles.rowEnds(y, x, vectors, shared, ends.columns(), width, from, to));
            }
        };
    }

    static Step lower(TileOp.Backward op, List<Value> out, Lowering l) {
        MemorySegment dx = l.of(out.getFirst());
        int width = TileOp.width(out.getFirst());
        int rows = out.getFirst().shape().elements() / width;
        return switch (op) {
            case TileOp.AreaTokensBackward area -> {
                MemorySegment dy = l.of(area.dy());
                yield l.rows(rows, width, (from, to, _) -> Tiles.areaBackward(dx, dy, area.grid(), width, from, to));
            }
            case TileOp.WindowBackward window -> {
                MemorySegment dy = l.of(window.dy());
                yield l.rows(
                        rows, width, (from, to, _) -> Tiles.windowBackward(dx, dy, window.cells(), width, from, to));
            }
        };
    }
}
