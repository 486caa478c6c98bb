package dev.fovea.runtime.exec.cpu.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.DoubleUnaryOperator;

/// Matrices with `pad` floats between rows and as many before the first element.
final class Operands {
    /// Sizes and forms of one product.
    ///
    /// @param pad floats between rows and before the first element
    record Product(boolean transA, boolean transB, int m, int n, int k, boolean accumulate, int pad) {}

    final Product p;
    final int offset;
    final MemorySegment a;
    final MemorySegment b;
    final MemorySegment c;
    private final int lda;
    private final int ldb;
    private final int ldc;

    Operands(Arena arena, Product p) {
        this.p = p;
        this.offset = p.pad;
        lda = (p.transA ? p.m : p.k) + p.pad;
        ldb = (p.transB ? p.k : p.n) + p.pad;
        ldc = p.n + p.pad;
        a = Arrays32.random(arena, offset + (long) (p.transA ? p.k : p.m) * lda, 1, 1);
        b = Arrays32.random(arena, offset + (long) (p.transB ? p.n : p.k) * ldb, 1, 2);
        long size = offset + (long) p.m * ldc;
        c = p.accumulate ? Arrays32.random(arena, size, 1, 3) : Arrays32.empty(arena, size);
    }

    void run(Gemm gemm) {
        gemm.multiply(p.transA, p.transB, p.m, p.n, p.k, a, offset, lda, b, offset, ldb, c, offset, ldc, p.accumulate);
    }

    /// The whole array after the product, what lies between rows included.
    double[] expected() {
        return expected(x -> x);
    }

    /// The same if each element of a and b goes through `rounding` first.
    double[] expected(DoubleUnaryOperator rounding) {
        double[] result = Arrays32.doubles(c);
        for (int i = 0; i < p.m; i++) {
            for (int j = 0; j < p.n; j++) {
                double sum = p.accumulate ? result[offset + i * ldc + j] : 0;
                for (int q = 0; q < p.k; q++) {
                    double x = element(a, p.transA ? q * lda + i : i * lda + q);
                    double y = element(b, p.transB ? j * ldb + q : q * ldb + j);
                    sum += rounding.applyAsDouble(x) * rounding.applyAsDouble(y);
                }
                result[offset + i * ldc + j] = sum;
            }
        }
        return result;
    }

    private double element(MemorySegment matrix, int at) {
        return matrix.getAtIndex(Lanes.FLOAT, offset + at);
    }

    /// Copies what lies between the rows of `other` into c.
    void keepPadding(MemorySegment other) {
        MemorySegment.copy(other, 0, c, 0, 4L * offset);
        for (int i = 0; i < p.m; i++) {
            long at = 4 * (offset + (long) i * ldc + p.n);
            MemorySegment.copy(other, at, c, at, 4L * p.pad);
        }
    }
}
