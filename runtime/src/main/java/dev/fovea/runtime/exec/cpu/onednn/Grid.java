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

    /// The blocks of an (m,n) result of depth k.
    ///
    /// @param transB whether b must be turned while it is packed, which each row of blocks does anew: then few
    ///     tall blocks are best, else many small ones
    static Grid of(boolean transB, int m, int n, int k) {
        int fewestRows = transB ? 384 : 96;
        int fewestColumns = transB ? 192 : 96;
        long wanted = Math.min(transB ? 8 : 32, (long) m * n * k / WORK);
        int rowParts = 1;
        int columnParts = 1;
        while ((long) rowParts * columnParts < wanted) {
            int rows = m / rowParts;
            int columns = n / columnParts;
            boolean canRows = rows >= 2 * fewestRows;
            boolean canColumns = columns >= 2 * fewestColumns;
            if (!canRows && !canColumns) {
                break;
            }
            if (canRows && (rows >= columns || !canColumns)) {
                rowParts *= 2;
            } else {
                columnParts *= 2;
            }
        }
        return new Grid(step(m, rowParts, TILE_ROWS), step(n, columnParts, TILE_COLUMNS));
    }

    private static int step(int size, int parts, int tile) {
        return Math.ceilDiv(Math.ceilDiv(size, parts), tile) * tile;
    }
}
