package dev.fovea.runtime.exec.cpu.kernel;

import dev.fovea.runtime.ir.TileOp;
import java.lang.foreign.MemorySegment;

/// Tokens on grids: tiles, area resizing, windows.
///
/// Legend: B batch, D width, H x W grid of the input of the forward direction, h x w that of its output. Ranges
/// count rows of D floats of what is written.
public final class Tiles {
    private Tiles() {}

    private static void copy(MemorySegment from, long fromRow, MemorySegment to, long toRow, int width) {
        MemorySegment.copy(from, 4 * fromRow * width, to, 4 * toRow * width, 4L * width);
    }

    /// tiles (R*C*B,r*c,D) = x (B,H*W,D), cut
    public static void cut(
            MemorySegment tiles, MemorySegment x, TileOp.Tiling tiling, int batch, int width, int from, int to) {
        for (int i = from; i < to; i++) {
            copy(x, tiling.source(i, batch), tiles, i, width);
        }
    }

    /// x (B,H*W,D) = tiles (R*C*B,r*c,D), put together; the range counts rows of the tiles, each of which is
    /// copied to another place
    public static void stitch(
            MemorySegment x, MemorySegment tiles, TileOp.Tiling tiling, int batch, int width, int from, int to) {
        for (int i = from; i < to; i++) {
            copy(tiles, i, x, tiling.source(i, batch), width);
        }
    }

    /// y (B,h*w,D) = the mean of each window of x (B,H*W,D)
    public static void area(MemorySegment y, MemorySegment x, TileOp.Resizing g, int width, int from, int to) {
        int cells = g.toRows() * g.toColumns();
        for (int i = from; i < to; i++) {
            int row = i % cells / g.toColumns(), column = i % g.toColumns();
            int y0 = TileOp.Resizing.start(row, g.rows(), g.toRows());
            int y1 = TileOp.Resizing.end(row, g.rows(), g.toRows());
            int x0 = TileOp.Resizing.start(column, g.columns(), g.toColumns());
            int x1 = TileOp.Resizing.end(column, g.columns(), g.toColumns());
            float share = 1f / ((y1 - y0) * (x1 - x0));
            Pointwise.zero(y, (long) i * width, (i + 1L) * width);
            for (int r = y0; r < y1; r++) {
                for (int c = x0; c < x1; c++) {
                    long at = ((long) (i / cells) * g.rows() + r) * g.columns() + c;
                    Unit.add(y, (long) i * width, share, x, at * width, width);
                }
            }
        }
    }

    /// dx (B,H*W,D) = the shares of dy (B,h*w,D) in whose windows each cell lies. Cell r of n lies in the windows
    /// floor(r*m/n) .. ceil((r+1)*m/n) of m.
    public static void areaBackward(
            MemorySegment dx, MemorySegment dy, TileOp.Resizing g, int width, int from, int to) {
        int cells = g.rows() * g.columns();
        for (int i = from; i < to; i++) {
            int row = i % cells / g.columns(), column = i % g.columns();
            int endRow = TileOp.Resizing.end(row, g.toRows(), g.rows());
            int firstColumn = TileOp.Resizing.start(column, g.toColumns(), g.columns());
            int endColumn = TileOp.Resizing.end(column, g.toColumns(), g.columns());
            Pointwise.zero(dx, (long) i * width, (i + 1L) * width);
            for (int r = TileOp.Resizing.start(row, g.toRows(), g.rows()); r < endRow; r++) {
                for (int c = firstColumn; c < endColumn; c++) {
                    long at = ((long) (i / cells) * g.toRows() + r) * g.toColumns() + c;
                    float share = 1f / (length(r, g.rows(), g.toRows()) * length(c, g.columns(), g.toColumns()));
                    Unit.add(dx, (long) i * width, share, dy, at * width, width);
                }
            }
        }
    }

    private static int length(int i, int n, int m) {
        return TileOp.Resizing.end(i, n, m) - TileOp.Resizing.start(i, n, m);
    }

    /// y (B,h*w,D) = a rectangle of x (B,H*W,D)
    public static void window(MemorySegment y, MemorySegment x, TileOp.Cells cells, int width, int from, int to) {
        for (int i = from; i < to; i++) {
            copy(x, cells.source(i), y, i, width);
        }
    }

    /// dx (B,H*W,D) = dy (B,h*w,D) in the rectangle, 0 elsewhere
    public static void windowBackward(
            MemorySegment dx, MemorySegment dy, TileOp.Cells cells, int width, int from, int to) {
        for (int i = from; i < to; i++) {
            int row = i / cells.gridColumns() % cells.gridRows() - cells.top();
            int column = i % cells.gridColumns() - cells.left();
            if (row >= 0 && row < cells.rows() && column >= 0 && column < cells.columns()) {
                long b = i / (cells.gridRows() * cells.gridColumns());
                copy(dy, (b * cells.rows() + row) * cells.columns() + column, dx, i, width);
            } else {
                Pointwise.zero(dx, (long) i * width, (i + 1L) * width);
            }
        }
    }

    /// y (B*h,w+1,D) = x (B*h,w,D), each row followed by its row of ends (1,D) or (B*h,D)
    public static void rowEnds(
            MemorySegment y,
            MemorySegment x,
            MemorySegment ends,
            boolean shared,
            int columns,
            int width,
            int from,
            int to) {
        for (int i = from; i < to; i++) {
            int row = i / (columns + 1), column = i % (columns + 1);
            if (column < columns) {
                copy(x, (long) row * columns + column, y, i, width);
            } else {
                copy(ends, shared ? 0 : row, y, i, width);
            }
        }
    }
}
