package dev.fovea.runtime.exec.cpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Matrix products of all forms and odd sizes against three nested loops in double.
class VectorGemmTest {
    /// The micro-kernels; both run on every machine, whatever it prefers.
    enum Tile {
        MANY_REGISTERS,
        FEW_REGISTERS;

        MicroKernel kernel() {
            return switch (this) {
                case MANY_REGISTERS -> new Tile8x3();
                case FEW_REGISTERS -> new Tile4x2();
            };
        }
    }

    /// Sizes and forms of one product.
    record Product(boolean transA, boolean transB, int m, int n, int k, boolean accumulate, int pad) {}

    static List<Arguments> products() {
        int[] sizes = {1, 3, 7, 8, 13, 31, 64, 100, 129, 300};
        SplittableRandom random = new SplittableRandom(7);
        List<Arguments> all = new ArrayList<>();
        for (Tile tile : Tile.values()) {
            for (int i = 0; i < 120; i++) {
                int m = sizes[random.nextInt(sizes.length)];
                int n = sizes[random.nextInt(sizes.length)];
                int k = sizes[random.nextInt(sizes.length)];
                Product p = new Product(i % 2 == 1, i / 2 % 2 == 1, m, n, k, i / 4 % 2 == 1, i % 3);
                all.add(Arguments.of(tile, p));
            }
            all.add(Arguments.of(tile, new Product(false, true, 257, 1300, 530, true, 0)));
            all.add(Arguments.of(tile, new Product(true, false, 5, 3, 0, false, 0)));
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("products")
    void multiplies(Tile tile, Product p) {
        try (Arena arena = Arena.ofShared();
                Workers workers = new Workers(2)) {
            Operands o = new Operands(arena, p);
            double[] expected = o.expected();
            o.run(new VectorGemm(workers, tile.kernel()));
            Arrays32.assertClose(o.c, expected, p.k + 1, 1, tile + " " + p);
        }
    }

    @ParameterizedTest
    @EnumSource(Tile.class)
    void givesTheSameBitsOnAnyNumberOfThreads(Tile tile) {
        Product p = new Product(false, true, 203, 330, 700, false, 1);
        try (Arena arena = Arena.ofShared();
                Workers alone = new Workers(1)) {
            Operands o = new Operands(arena, p);
            o.run(new VectorGemm(alone, tile.kernel()));
            MemorySegment expected = arena.allocate(o.c.byteSize(), 64).copyFrom(o.c);
            for (int threads : new int[] {2, 3, 4, 6}) {
                try (Workers workers = new Workers(threads)) {
                    o.c.fill((byte) 0x7f);
                    o.keepPadding(expected);
                    o.run(new VectorGemm(workers, tile.kernel()));
                    Arrays32.assertSameBits(o.c, expected, threads + " threads");
                }
            }
        }
    }

    @Test
    void bothTilesGiveTheSameBits() {
        Product p = new Product(true, false, 77, 130, 600, false, 0);
        try (Arena arena = Arena.ofShared();
                Workers workers = new Workers(2)) {
            Operands o = new Operands(arena, p);
            o.run(new VectorGemm(workers, new Tile8x3()));
            MemorySegment expected = arena.allocate(o.c.byteSize(), 64).copyFrom(o.c);
            o.run(new VectorGemm(workers, new Tile4x2()));
            Arrays32.assertSameBits(o.c, expected, "tiles");
        }
    }

    @Test
    void leavesTheSpaceBetweenRowsAlone() {
        Product p = new Product(false, false, 13, 21, 8, false, 5);
        try (Arena arena = Arena.ofShared();
                Workers workers = new Workers(2)) {
            Operands o = new Operands(arena, p);
            o.run(new VectorGemm(workers));
            for (int i = 0; i < p.m - 1; i++) {
                for (int j = p.n; j < p.n + p.pad; j++) {
                    assertThat(o.c.getAtIndex(Lanes.FLOAT, o.offset + (long) i * (p.n + p.pad) + j))
                            .isNaN();
                }
            }
        }
    }

    @Test
    void aNumberThatIsNotFiniteStaysVisible() {
        Product p = new Product(false, false, 9, 9, 9, false, 0);
        try (Arena arena = Arena.ofShared();
                Workers workers = new Workers(1)) {
            Operands o = new Operands(arena, p);
            o.a.setAtIndex(Lanes.FLOAT, 9 * 4, Float.NaN);
            o.run(new VectorGemm(workers));
            for (int i = 0; i < 81; i++) {
                assertThat(Float.isNaN(o.c.getAtIndex(Lanes.FLOAT, i))).isEqualTo(i / 9 == 4);
            }
        }
    }

    @Test
    void allocatesNothing() {
        try (Arena arena = Arena.ofShared();
                Workers workers = new Workers(1)) {
            for (boolean transA : new boolean[] {false, true}) {
                for (boolean transB : new boolean[] {false, true}) {
                    Operands o = new Operands(arena, new Product(transA, transB, 61, 100, 70, true, 0));
                    VectorGemm gemm = new VectorGemm(workers);
                    Allocation.assertNone("multiply", () -> o.run(gemm));
                }
            }
        }
    }

    /// Matrices with `pad` floats between rows and as many before the first element.
    private static final class Operands {
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
            gemm.multiply(
                    p.transA, p.transB, p.m, p.n, p.k, a, offset, lda, b, offset, ldb, c, offset, ldc, p.accumulate);
        }

        /// The whole array after the product, what lies between rows included.
        double[] expected() {
            double[] result = Arrays32.doubles(c);
            for (int i = 0; i < p.m; i++) {
                for (int j = 0; j < p.n; j++) {
                    double sum = p.accumulate ? result[offset + i * ldc + j] : 0;
                    for (int q = 0; q < p.k; q++) {
                        sum += element(a, p.transA ? q * lda + i : i * lda + q)
                                * element(b, p.transB ? j * ldb + q : q * ldb + j);
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
}
