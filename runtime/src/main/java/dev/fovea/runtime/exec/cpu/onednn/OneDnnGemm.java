package dev.fovea.runtime.exec.cpu.onednn;

import dev.fovea.runtime.exec.cpu.kernel.Gemm;
import dev.fovea.runtime.exec.cpu.kernel.TurnedMatrix;
import dev.fovea.runtime.exec.cpu.kernel.Workers;
import java.lang.foreign.MemorySegment;

/// Products in float32 by oneDNN's `dnnl_sgemm`.
final class OneDnnGemm implements Gemm {
    /// Rows of the result from which on a transposed b is turned once: the library turns it anew for each block of
    /// rows, and needs few and large ones then.
    private static final int ROWS_THAT_PAY = 512;

    private final String name;
    private final Blocks blocks;
    private final TurnedMatrix turned;

    OneDnnGemm(Workers workers, String name) {
        this.name = name;
        blocks = new Blocks(workers, Dnnl::floats, Float.BYTES);
        turned = new TurnedMatrix(workers);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void multiply(
            boolean transA,
            boolean transB,
            int m,
            int n,
            int k,
            MemorySegment a,
            long aOffset,
            int lda,
            MemorySegment b,
            long bOffset,
            int ldb,
            MemorySegment c,
            long cOffset,
            int ldc,
            boolean accumulate) {
        long result = Matrices.address(c, cOffset, m, n, ldc);
        if (m == 0 || n == 0) {
            return;
        }
        if (k == 0) {
            Matrices.clear(c, cOffset, m, n, ldc, accumulate);
            return;
        }
        long left = Matrices.address(a, aOffset, transA ? k : m, transA ? m : k, lda);
        long right = Matrices.address(b, bOffset, transB ? n : k, transB ? k : n, ldb);
        if (transB && m >= ROWS_THAT_PAY) {
            long copy = turned.turn(b, bOffset, n, k, ldb).address();
            blocks.multiply(transA, false, m, n, k, left, lda, copy, n, result, ldc, accumulate);
        } else {
            blocks.multiply(transA, transB, m, n, k, left, lda, right, ldb, result, ldc, accumulate);
        }
    }
}
