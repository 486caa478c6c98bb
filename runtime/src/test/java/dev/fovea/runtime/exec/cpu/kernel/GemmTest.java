package dev.fovea.runtime.exec.cpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Every provider of matrix products, in all forms and odd sizes, against three nested loops in double.
class GemmTest {
    static List<Arguments> products() {
        int[] sizes = {1, 3, 7, 8, 13, 31, 64, 100, 129, 300};
        List<Arguments> all = new ArrayList<>();
        for (Provider provider : Provider.values()) {
            SplittableRandom random = new SplittableRandom(7);
            for (int i = 0; i < 120; i++) {
                int m = sizes[random.nextInt(sizes.length)];
                int n = sizes[random.nextInt(sizes.length)];
                int k = sizes[random.nextInt(sizes.length)];
                all.add(Arguments.of(
                        provider, new Operands.Product(i % 2 == 1, i / 2 % 2 == 1, m, n, k, i / 4 % 2 == 1, i % 3)));
            }
            all.add(Arguments.of(provider, new Operands.Product(false, true, 257, 1300, 530, true, 0)));
            all.add(Arguments.of(provider, new Operands.Product(false, false, 389, 410, 97, true, 2)));
            all.add(Arguments.of(provider, new Operands.Product(true, false, 5, 3, 0, false, 0)));
            all.add(Arguments.of(provider, new Operands.Product(false, true, 5, 3, 0, true, 1)));
            all.add(Arguments.of(provider, new Operands.Product(false, true, 0, 3, 4, false, 0)));
            all.add(Arguments.of(provider, new Operands.Product(true, false, 3, 0, 4, false, 0)));
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("products")
    void multiplies(Provider provider, Operands.Product p) {
        try (Arena arena = Arena.ofShared();
                Workers workers = new Workers(2)) {
            Operands o = new Operands(arena, p);
            double[] expected = o.expected(provider::seen);
            o.run(provider.open(workers));
            Arrays32.assertClose(o.c, expected, p.k() + 1, 1, provider + " " + p);
        }
    }

    /// Shapes at which a provider might divide its work in another way.
    static List<Arguments> divided() {
        List<Operands.Product> shapes = List.of(
                new Operands.Product(false, true, 203, 330, 700, false, 1),
                new Operands.Product(false, true, 1201, 97, 65, true, 0),
                new Operands.Product(false, false, 411, 193, 729, false, 0),
                new Operands.Product(true, false, 192, 200, 1111, true, 0),
                new Operands.Product(true, true, 7, 1500, 300, false, 3),
                new Operands.Product(false, true, 31, 29, 1000, false, 0));
        List<Arguments> all = new ArrayList<>();
        for (Provider provider : Provider.values()) {
            shapes.forEach(shape -> all.add(Arguments.of(provider, shape)));
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("divided")
    void givesTheSameBitsOnAnyNumberOfThreads(Provider provider, Operands.Product p) {
        try (Arena arena = Arena.ofShared();
                Workers alone = new Workers(1)) {
            Operands o = new Operands(arena, p);
            MemorySegment before = arena.allocate(o.c.byteSize(), 64).copyFrom(o.c);
            o.run(provider.open(alone));
            MemorySegment expected = arena.allocate(o.c.byteSize(), 64).copyFrom(o.c);
            for (int threads : new int[] {2, 3, 4, 5, 6}) {
                try (Workers workers = new Workers(threads)) {
                    o.c.copyFrom(before);
                    o.run(provider.open(workers));
                    Arrays32.assertSameBits(o.c, expected, provider + ", " + threads + " threads, " + p);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void leavesTheSpaceBetweenRowsAlone(Provider provider) {
        Operands.Product p = new Operands.Product(false, false, 13, 21, 8, false, 5);
        try (Arena arena = Arena.ofShared();
                Workers workers = new Workers(2)) {
            Operands o = new Operands(arena, p);
            o.run(provider.open(workers));
            for (int i = 0; i < p.m() - 1; i++) {
                for (int j = p.n(); j < p.n() + p.pad(); j++) {
                    assertThat(o.c.getAtIndex(Lanes.FLOAT, o.offset + (long) i * (p.n() + p.pad()) + j))
                            .isNaN();
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aNumberThatIsNotFiniteStaysVisible(Provider provider) {
        Operands.Product p = new Operands.Product(false, false, 9, 9, 9, false, 0);
        try (Arena arena = Arena.ofShared();
                Workers workers = new Workers(1)) {
            for (float strange : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
                Operands o = new Operands(arena, p);
                o.a.setAtIndex(Lanes.FLOAT, 9 * 4, strange);
                o.run(provider.open(workers));
                for (int i = 0; i < 81; i++) {
                    assertThat(Float.isFinite(o.c.getAtIndex(Lanes.FLOAT, i)))
                            .as("%s: element %d with %s", provider, i, strange)
                            .isEqualTo(i / 9 != 4);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void oneProviderMultipliesMatricesOfChangingSizes(Provider provider) {
        try (Arena arena = Arena.ofShared();
                Workers workers = new Workers(3)) {
            Gemm gemm = provider.open(workers);
            for (int size : new int[] {40, 3, 200, 17, 300, 1}) {
                Operands o = new Operands(arena, new Operands.Product(false, true, size, size + 1, size, false, 0));
                o.run(gemm);
                Arrays32.assertClose(o.c, o.expected(provider::seen), size + 1, 1, provider + " " + size);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void allocatesNothing(Provider provider) {
        try (Arena arena = Arena.ofShared();
                Workers workers = new Workers(1)) {
            for (boolean transA : new boolean[] {false, true}) {
                for (boolean transB : new boolean[] {false, true}) {
                    Operands o = new Operands(arena, new Operands.Product(transA, transB, 61, 100, 70, true, 0));
                    Gemm gemm = provider.open(workers);
                    Allocation.assertNone("multiply", () -> o.run(gemm));
                }
            }
        }
    }
}
