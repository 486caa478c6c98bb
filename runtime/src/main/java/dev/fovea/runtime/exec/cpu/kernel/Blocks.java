package dev.fovea.runtime.exec.cpu.kernel;

/// Fixed cuts of sums over many rows. Each block is summed on its own and the blocks are then added in order,
/// so the result depends on the sizes alone, never on the number of workers, and rounding errors grow more
/// slowly than in one long sum.
public final class Blocks {
    private static final int MOST = 64;
    private static final int LEAST_ROWS = 16;

    private Blocks() {}

    /// The number of blocks into which a sum over `rows` rows is cut.
    public static int count(int rows) {
        return Math.clamp(rows / LEAST_ROWS, 1, MOST);
    }

    /// The first row of block `block` of `count`; also the end of the block before it.
    public static int start(int rows, int count, int block) {
        return (int) ((long) rows * block / count);
    }
}
