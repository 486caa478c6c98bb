package dev.fovea.runtime.exec.cpu.onednn;

/// How a result is cut into blocks, one call of the library each.
///
/// The library chooses kernels and blockings by the sizes it is called with, and thereby the order in which it
/// adds. So the blocks depend on the sizes of the product alone, never on the number of threads.
///
/// @param rowStep rows of a block; the last may have fewer
/// @param columnStep columns of a block; the last may have fewer
record Grid(int rowStep, int columnStep) {
    /// Rows and columns of the library's register tile.
    private static final int TILE_ROWS = 8;

    private static final int TILE_COLUMNS = 48;
    /// Multiply-adds that a block should have at least.
    private static final long WORK = 1 << 22;
    /// Blocks that keep many cores busy, and how small they may become for it.
    private static final int MANY = 32;

    private static final int MEDIUM = 192;
    /// Blocks that keep a few cores busy, and how small they may become for it.
    private static final int FEW = 8;

    private static final int SMALL = 96;
    /// Rows that a block should have if b is transposed: the library turns b anew for each block of rows.
    private static final int TALL = 384;

    /// The blocks of an (m,n) result of depth k.
    ///
    /// @param transB whether b is transposed
    static Grid of(boolean transB, int m, int n, int k) {
        long most = (long) m * n * k / WORK;
        int[] parts = {1, 1};
        if (transB) {
            halve(parts, m, n, TALL, MEDIUM, Math.min(FEW, most));
        } else {
            halve(parts, m, n, MEDIUM, MEDIUM, Math.min(MANY, most));
        }
        halve(parts, m, n, SMALL, SMALL, Math.min(FEW, most));
        return new Grid(step(m, parts[0], TILE_ROWS), step(n, parts[1], TILE_COLUMNS));
    }

    /// Halves the longer side of a block until there are as many blocks as wanted or they would become too small.
    private static void halve(int[] parts, int m, int n, int fewestRows, int fewestColumns, long wanted) {
        while ((long) parts[0] * parts[1] < wanted) {
            int rows = m / parts[0];
            int columns = n / parts[1];
            boolean byRows = rows >= 2 * fewestRows;
            boolean byColumns = columns >= 2 * fewestColumns;
            if (!byRows && !byColumns) {
                return;
            }
            parts[byRows && (rows >= columns || !byColumns) ? 0 : 1] *= 2;
        }
    }

    private static int step(int size, int parts, int tile) {
        return Math.ceilDiv(Math.ceilDiv(size, parts), tile) * tile;
    }
}
