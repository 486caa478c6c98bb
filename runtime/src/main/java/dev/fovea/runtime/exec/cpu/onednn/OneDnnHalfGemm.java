package dev.fovea.runtime.exec.cpu.onednn;

import dev.fovea.runtime.exec.cpu.kernel.Gemm;
import dev.fovea.runtime.exec.cpu.kernel.RoundedMatrix;
import dev.fovea.runtime.exec.cpu.kernel.Workers;
import java.lang.foreign.MemorySegment;

/// Products with operands rounded to bfloat16, added up in float32, by oneDNN's `dnnl_gemm_bf16bf16f32`.
final class OneDnnHalfGemm implements Gemm {
    private final String name;
    private final Blocks blocks;
    private final RoundedMatrix left;
    private final RoundedMatrix right;

    OneDnnHalfGemm(Workers workers, String name) {
        this.name = name;
        blocks = new Blocks(workers, Dnnl::halves, Short.BYTES);
        left = new RoundedMatrix(workers, true);
        right = new RoundedMatrix(workers, true);
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
        int columnsA = transA ? m : k;
        int columnsB = transB ? k : n;
        long roundedA = left.round(a, aOffset, transA ? k : m, columnsA, lda).address();
        long roundedB = right.round(b, bOffset, transB ? n : k, columnsB, ldb).address();
        blocks.multiply(transA, transB, m, n, k, roundedA, columnsA, roundedB, columnsB, result, ldc, accumulate);
    }
}
