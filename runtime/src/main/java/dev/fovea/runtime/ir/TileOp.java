package dev.fovea.runtime.ir;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Ops on tokens that lie on a grid: cutting it into tiles and putting tiles together, resizing, windows, row
/// ends. They make the baselines S2 and AnyRes (ps3-spec 4.1, 4.2).
///
/// Legend: B batch, D width, H x W grid of tokens, h x w another, R x C tiles of r x c tokens each. A value
/// without a width (B,N) is read as (B,N,1) and answered likewise.
public final class TileOp {
    private TileOp() {}

    /// Forward ops of the family.
    public sealed interface Forward extends Op.Differentiable
            permits CutTiles, StitchTiles, AreaTokens, Window, RowEnds {}

    /// Backward ops of the family.
    public sealed interface Backward extends Op permits AreaTokensBackward, WindowBackward {}

    /// D of x (B,N,D) or (B,N)
    public static int width(Value x) {
        return x.shape().rank() == 2 ? 1 : x.shape().dim(2);
    }

    private static Shape like(Value x, int batch, int tokens) {
        return x.shape().rank() == 2
                ? Shape.of(batch, tokens)
                : Shape.of(batch, tokens, x.shape().dim(2));
    }

    private static void requireTokens(Value x, int count, String what) {
        int rank = x.shape().rank();
        Check.that((rank == 2 || rank == 3) && x.shape().dim(1) == count, "%s: %s for %s tokens", what, x, count);
    }

    /// How a grid of (down * rows) x (across * columns) tokens falls into tiles.
    ///
    /// @param down R, tiles above one another
    /// @param across C, tiles beside one another
    /// @param rows r, tokens of a tile from top to bottom
    /// @param columns c, tokens of a tile from left to right
    public record Tiling(int down, int across, int rows, int columns) {
        /// Number of tiles.
        public int count() {
            return down * across;
        }

        /// Tokens of the whole grid.
        public int tokens() {
            return count() * rows * columns;
        }

        /// Row of the whole grid (B*H*W) that holds row `i` of the tiles (R*C*B*r*c).
        ///
        /// @param batch B
        public long source(long i, int batch) {
            long cell = i % (rows * columns);
            long tile = i / (rows * columns);
            long b = tile % batch;
            long t = tile / batch;
            long y = t / across * rows + cell / columns;
            long x = t % across * columns + cell % columns;
            return (b * down * rows + y) * across * columns + x;
        }
    }

    /// x (B,H*W,D) -> tiles (R*C*B,r*c,D): tile by tile in rows, and of each tile one for every batch entry
    public record CutTiles(Value x, Tiling tiling) implements Forward {
        @Override
        public List<Value> inputs() {
            return List.of(x);
        }

        @Override
        public List<Shape> outputShapes() {
            requireTokens(x, tiling.tokens(), "cut tiles");
            return List.of(like(x, tiling.count() * x.shape().dim(0), tiling.rows() * tiling.columns()));
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int d = width(x), batch = x.shape().dim(0);
            for (int i = 0; i < out[0].length / d; i++) {
                System.arraycopy(in[0], (int) tiling.source(i, batch) * d, out[0], i * d, d);
            }
        }

        @Override
        public List<@Nullable Value> gradient(GraphBuilder b, List<Value> outputs, List<@Nullable Value> dys) {
            Value dy = dys.getFirst();
            return dy == null ? List.of() : Arrays.asList(b.add(new StitchTiles(dy, tiling)));
        }
    }

    /// tiles (R*C*B,r*c,D) in the order of [CutTiles] -> x (B,H*W,D), row-major
    public record StitchTiles(Value tiles, Tiling tiling) implements Forward {
        @Override
        public List<Value> inputs() {
            return List.of(tiles);
        }

        @Override
        public List<Shape> outputShapes() {
            requireTokens(tiles, tiling.rows() * tiling.columns(), "stitch tiles");
            int all = tiles.shape().dim(0);
            Check.that(all % tiling.count() == 0, "stitch tiles: %s as %s", tiles, tiling);
            return List.of(like(tiles, all / tiling.count(), tiling.tokens()));
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int d = width(tiles), batch = tiles.shape().dim(0) / tiling.count();
            for (int i = 0; i < in[0].length / d; i++) {
                System.arraycopy(in[0], i * d, out[0], (int) tiling.source(i, batch) * d, d);
            }
        }

        @Override
        public List<@Nullable Value> gradient(GraphBuilder b, List<Value> outputs, List<@Nullable Value> dys) {
            Value dy = dys.getFirst();
            return dy == null ? List.of() : Arrays.asList(b.add(new CutTiles(dy, tiling)));
        }
    }

    /// Sizes of a resized grid. Window i of m over n cells is floor(i*n/m) .. ceil((i+1)*n/m); where a grid is
    /// enlarged by a whole factor this repeats each cell.
    ///
    /// @param rows H
    /// @param columns W
    /// @param toRows h
    /// @param toColumns w
    public record Resizing(int rows, int columns, int toRows, int toColumns) {
        /// First cell of window `i`.
        public static int start(int i, int n, int m) {
            return (int) ((long) i * n / m);
        }

        /// End of window `i`.
        public static int end(int i, int n, int m) {
            return (int) Math.ceilDiv((i + 1L) * n, m);
        }

        /// Calls `visitor` with each output cell, each input cell of its window and the window's size.
        void visit(Visitor visitor) {
            for (int i = 0; i < toRows * toColumns; i++) {
                int row = i / toColumns, column = i % toColumns;
                int y0 = start(row, rows, toRows), y1 = end(row, rows, toRows);
                int x0 = start(column, columns, toColumns), x1 = end(column, columns, toColumns);
                for (int y = y0; y < y1; y++) {
                    for (int x = x0; x < x1; x++) {
                        visitor.visit(i, y * columns + x, (y1 - y0) * (x1 - x0));
                    }
                }
            }
        }

        @FunctionalInterface
        interface Visitor {
            void visit(int to, int from, int count);
        }
    }

    /// x (B,H*W,D) -> y (B,h*w,D): the mean of each window
    public record AreaTokens(Value x, Resizing grid) implements Forward {
        @Override
        public List<Value> inputs() {
            return List.of(x);
        }

        @Override
        public List<Shape> outputShapes() {
            requireTokens(x, grid.rows() * grid.columns(), "area resize of tokens");
            return List.of(like(x, x.shape().dim(0), grid.toRows() * grid.toColumns()));
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int d = width(x), from = grid.rows() * grid.columns(), to = grid.toRows() * grid.toColumns();
            grid.visit((i, j, count) -> {
                for (int b = 0; b < x.shape().dim(0); b++) {
                    for (int e = 0; e < d; e++) {
                        out[0][(b * to + i) * d + e] += in[0][(b * from + j) * d + e] / count;
                    }
                }
            });
        }

        @Override
        public List<@Nullable Value> gradient(GraphBuilder b, List<Value> outputs, List<@Nullable Value> dys) {
            Value dy = dys.getFirst();
            return dy == null ? List.of() : Arrays.asList(b.add(new AreaTokensBackward(dy, grid)));
        }
    }

    /// dy (B,h*w,D) -> dx (B,H*W,D): each cell's share of the windows it lies in
    public record AreaTokensBackward(Value dy, Resizing grid) implements Backward {
        @Override
        public List<Value> inputs() {
            return List.of(dy);
        }

        @Override
        public List<Shape> outputShapes() {
            requireTokens(dy, grid.toRows() * grid.toColumns(), "gradient of an area resize");
            return List.of(like(dy, dy.shape().dim(0), grid.rows() * grid.columns()));
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int d = width(dy), from = grid.rows() * grid.columns(), to = grid.toRows() * grid.toColumns();
            grid.visit((i, j, count) -> {
                for (int b = 0; b < dy.shape().dim(0); b++) {
                    for (int e = 0; e < d; e++) {
                        out[0][(b * from + j) * d + e] += in[0][(b * to + i) * d + e] / count;
                    }
                }
            });
        }
    }

    /// A rectangle of cells in a grid.
    ///
    /// @param gridRows H
    /// @param gridColumns W
    /// @param top first row
    /// @param left first column
    /// @param rows h
    /// @param columns w
    public record Cells(int gridRows, int gridColumns, int top, int left, int rows, int columns) {
        /// Refuses what is not inside the grid, or empty.
        public Cells {
            Check.that(
                    top >= 0
                            && left >= 0
                            && rows > 0
                            && columns > 0
                            && top + rows <= gridRows
                            && left + columns <= gridColumns,
                    "%sx%s cells from row %s, column %s of a grid of %sx%s",
                    rows,
                    columns,
                    top,
                    left,
                    gridRows,
                    gridColumns);
        }

        /// Row of the whole grid (B*H*W) that holds row `i` of the rectangle (B*h*w).
        public long source(long i) {
            long b = i / ((long) rows * columns), y = i / columns % rows, x = i % columns;
            return (b * gridRows + top + y) * gridColumns + left + x;
        }
    }

    /// x (B,H*W,D) -> the cells of a rectangle (B,h*w,D)
    public record Window(Value x, Cells cells) implements Forward {
        @Override
        public List<Value> inputs() {
            return List.of(x);
        }

        @Override
        public List<Shape> outputShapes() {
            requireTokens(x, cells.gridRows() * cells.gridColumns(), "window");
            return List.of(like(x, x.shape().dim(0), cells.rows() * cells.columns()));
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int d = width(x);
            for (int i = 0; i < out[0].length / d; i++) {
                System.arraycopy(in[0], (int) cells.source(i) * d, out[0], i * d, d);
            }
        }

        @Override
        public List<@Nullable Value> gradient(GraphBuilder b, List<Value> outputs, List<@Nullable Value> dys) {
            Value dy = dys.getFirst();
            return dy == null ? List.of() : Arrays.asList(b.add(new WindowBackward(dy, cells)));
        }
    }

    /// dy (B,h*w,D) -> dx (B,H*W,D): dy in the rectangle, 0 elsewhere
    public record WindowBackward(Value dy, Cells cells) implements Backward {
        @Override
        public List<Value> inputs() {
            return List.of(dy);
        }

        @Override
        public List<Shape> outputShapes() {
            requireTokens(dy, cells.rows() * cells.columns(), "gradient of a window");
            return List.of(like(dy, dy.shape().dim(0), cells.gridRows() * cells.gridColumns()));
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int d = width(dy);
            for (int i = 0; i < in[0].length / d; i++) {
                System.arraycopy(in[0], i * d, out[0], (int) cells.source(i) * d, d);
            }
        }
    }

    /// x (B,h*w,D), ends (D) with any leading 1s for all rows or (B,h,D) for each -> y (B,h*(w+1),D): every row
    /// followed by its end (the newline of AnyRes)
    public record RowEnds(Value x, Value ends, int rows, int columns) implements Forward {
        @Override
        public List<Value> inputs() {
            return List.of(x, ends);
        }

        /// Whether all rows end with the same vector.
        public boolean shared() {
            return ends.shape().elements() == width(x);
        }

        private boolean fits() {
            return shared() || ends.shape().elements() == x.shape().dim(0) * rows * width(x);
        }

        @Override
        public List<Shape> outputShapes() {
            requireTokens(x, rows * columns, "row ends");
            Check.that(fits(), "row ends: %s after %s rows of %s", ends, rows, x);
            return List.of(like(x, x.shape().dim(0), rows * (columns + 1)));
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int d = width(x);
            for (int row = 0; row < x.shape().dim(0) * rows; row++) {
                int to = row * (columns + 1) * d, end = to + columns * d;
                System.arraycopy(in[0], row * columns * d, out[0], to, columns * d);
                System.arraycopy(in[1], shared() ? 0 : row * d, out[0], end, d);
            }
        }

        @Override
        public List<@Nullable Value> gradient(GraphBuilder b, List<Value> outputs, List<@Nullable Value> dys) {
            Value dy = dys.getFirst();
            if (dy == null) {
                return List.of();
            }
            Value dx = b.add(new Window(dy, new Cells(rows, columns + 1, 0, 0, rows, columns)));
            Value all = b.add(new Window(dy, new Cells(rows, columns + 1, 0, columns, rows, 1)));
            return Arrays.asList(dx, b.add(new LinearOp.SumRows(all, ends.shape())));
        }
    }
}
