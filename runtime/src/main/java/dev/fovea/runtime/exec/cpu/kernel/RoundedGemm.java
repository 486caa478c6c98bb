package dev.fovea.runtime.exec.cpu.kernel;

import java.lang.foreign.MemorySegment;

/// Products whose operands are rounded to bfloat16 and then multiplied in float32 by another provider. A product
/// of two such numbers is exact in float32, so the numbers mean what a processor with bfloat16 arithmetic
/// computes, but for the order of additions; only the speed is that of float32.
public final class RoundedGemm implements Gemm {
    private final Gemm floats;
    private final RoundedMatrix left;
    private final RoundedMatrix right;

    /// @param floats multiplies the rounded operands
    public RoundedGemm(Workers workers, Gemm floats) {
        this.floats = floats;
        left = new RoundedMatrix(workers, false);
        right = new RoundedMatrix(workers, false);
    }

    @Override
    public String name() {
        return floats.name();
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
        int columnsA = transA ? m : k;
        int columnsB = transB ? k : n;
        MemorySegment roundedA = left.round(a, aOffset, transA ? k : m, columnsA, lda);
        MemorySegment roundedB = right.round(b, bOffset, transB ? n : k, columnsB, ldb);
        floats.multiply(
                transA, transB, m, n, k, roundedA, 0, columnsA, roundedB, 0, columnsB, c, cOffset, ldc, accumulate);
    }
}
