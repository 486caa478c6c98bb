package dev.fovea.runtime.exec.cpu.onednn;

import dev.fovea.runtime.exec.cpu.kernel.RangeBody;
import dev.fovea.runtime.exec.cpu.kernel.Workers;

/// One product as calls of the library, divided over a team. Serves one caller at a time and allocates nothing.
final class Blocks {
    /// Below this many multiply-adds waking other threads does not pay.
    private static final long SERIAL_WORK = 1 << 19;

    /// A function of the library.
    @FunctionalInterface
    interface Function {
        int call(
                byte transA,
                byte transB,
                long m,
                long n,
                long k,
                long a,
                long lda,
                long b,
                long ldb,
                float beta,
                long c,
                long ldc);
    }

    private final Workers workers;
    private final Function function;
    private final int operandBytes;
    private final RangeBody body = this::blocks;

    private boolean transA;
    private boolean transB;
    private int m;
    private int n;
    private int k;
    private long a;
    private int lda;
    private long b;
    private int ldb;
    private long c;
    private int ldc;
    private float beta;
    private int rowStep;
    private int columnStep;
    private int columnBlocks;

    /// @param operandBytes bytes of an element of a and b
    Blocks(Workers workers, Function function, int operandBytes) {
        this.workers = workers;
        this.function = function;
        this.operandBytes = operandBytes;
    }

    /// c (m,n) = op(a) op(b), plus what c holds if `accumulate`; `a`, `b` and `c` are addresses, and no size is 0.
    void multiply(
            boolean turnA,
            boolean turnB,
            int rows,
            int columns,
            int depth,
            long left,
            int strideA,
            long right,
            int strideB,
            long result,
            int strideC,
            boolean accumulate) {
        transA = turnA;
        transB = turnB;
        m = rows;
        n = columns;
        k = depth;
        a = left;
        lda = strideA;
        b = right;
        ldb = strideB;
        c = result;
        ldc = strideC;
        beta = accumulate ? 1 : 0;
        Grid grid = Grid.of(turnB, rows, columns, depth);
        rowStep = grid.rowStep();
        columnStep = grid.columnStep();
        columnBlocks = Math.ceilDiv(columns, columnStep);
        int count = Math.ceilDiv(rows, rowStep) * columnBlocks;
        boolean serial = (long) rows * columns * depth < SERIAL_WORK;
        workers.forRange(count, serial ? count : 1, body);
    }

    private void blocks(int from, int to, int worker) {
        for (int block = from; block < to; block++) {
            block(block / columnBlocks * rowStep, block % columnBlocks * columnStep);
        }
    }

    private void block(int row, int column) {
        long left = a + operandBytes * (transA ? row : (long) row * lda);
        long right = b + operandBytes * (transB ? (long) column * ldb : column);
        long result = c + 4 * ((long) row * ldc + column);
        int rows = Math.min(rowStep, m - row);
        int columns = Math.min(columnStep, n - column);
        int status =
                function.call(form(transA), form(transB), rows, columns, k, left, lda, right, ldb, beta, result, ldc);
        if (status != 0) {
            throw new IllegalStateException("oneDNN: status " + status + (status == 1 ? " (out of memory)" : "")
                    + " for a product " + rows + "x" + columns + "x" + k);
        }
    }

    private static byte form(boolean transposed) {
        return (byte) (transposed ? 'T' : 'N');
    }
}
