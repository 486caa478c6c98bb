package dev.fovea.runtime.exec.cpu.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Self-attention and its gradient with both micro-kernels against plain loops in double.
class AttentionTest {
    static List<AttentionShape> shapes() {
        return List.of(
                new AttentionShape(1, 1, 0, 1, 1, false),
                new AttentionShape(2, 3, 1, 2, 7, false),
                new AttentionShape(1, 49, 0, 1, 72, true),
                new AttentionShape(2, 97, 63, 2, 13, false),
                new AttentionShape(1, 100, 31, 3, 8, true),
                new AttentionShape(1, 129, 200, 1, 64, true));
    }

    /// Arrays of one attention.
    private static final class Case {
        final AttentionShape s;
        final MemorySegment qkv;
        final MemorySegment cache;
        final MemorySegment dy;
        final MemorySegment y;
        final MemorySegment logSumExp;
        final MemorySegment dqkv;
        final MemorySegment dcache;

        Case(Arena arena, AttentionShape s) {
            this.s = s;
            long own = (long) s.batch() * s.tokens() * s.width();
            long cached = (long) s.batch() * s.cached() * s.width();
            qkv = Arrays32.random(arena, 3 * own, 2, 1);
            cache = Arrays32.random(arena, 3 * cached, 2, 2);
            dy = Arrays32.random(arena, own, 1, 3);
            y = Arrays32.empty(arena, own);
            logSumExp = Arrays32.empty(arena, (long) s.batch() * s.heads() * s.tokens());
            dqkv = Arrays32.empty(arena, 3 * own);
            dcache = Arrays32.empty(arena, 3 * cached);
        }

        void run(Workers workers, MicroKernel kernel) {
            SelfAttention forward = new SelfAttention(workers, kernel);
            forward.reserve(s);
            forward.run(s, y, logSumExp, qkv, cache);
            SelfAttentionGradient backward = new SelfAttentionGradient(workers, kernel);
            backward.reserve(s);
            backward.run(s, dqkv, dcache, qkv, cache, y, logSumExp, dy);
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void matchesPlainLoops(AttentionShape s) {
        for (MicroKernel kernel : List.of(new Tile8x3(), new Tile4x2())) {
            try (Arena arena = Arena.ofShared();
                    Workers workers = new Workers(2)) {
                Case c = new Case(arena, s);
                c.run(workers, kernel);
                PlainAttention expected = new PlainAttention(s, c.qkv, c.cache, c.dy);
                String what = kernel.rows() + "-row tile, " + s;
                Arrays32.assertClose(c.y, expected.y, s.keys(), 0.2, "y, " + what);
                Arrays32.assertClose(c.logSumExp, expected.logSumExp, s.keys(), 0.2, "log-sum-exp, " + what);
                Arrays32.assertClose(c.dqkv, expected.dqkv, s.keys(), 0.5, "dqkv, " + what);
                Arrays32.assertClose(c.dcache, expected.dcache, s.keys(), 0.5, "dcache, " + what);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void givesTheSameBitsOnAnyNumberOfThreads(AttentionShape s) {
        try (Arena arena = Arena.ofShared();
                Workers alone = new Workers(1);
                Workers workers = new Workers(3)) {
            Case first = new Case(arena, s);
            first.run(alone, MicroKernel.preferred());
            Case second = new Case(arena, s);
            second.run(workers, MicroKernel.preferred());
            Arrays32.assertSameBits(second.y, first.y, "y");
            Arrays32.assertSameBits(second.dqkv, first.dqkv, "dqkv");
            Arrays32.assertSameBits(second.dcache, first.dcache, "dcache");
        }
    }

    @Test
    void largeScoresDoNotOverflow() {
        AttentionShape s = new AttentionShape(1, 70, 0, 1, 8, false);
        try (Arena arena = Arena.ofShared();
                Workers workers = new Workers(1)) {
            Case c = new Case(arena, s);
            for (long i = 0; i < c.qkv.byteSize() / 4; i++) {
                c.qkv.setAtIndex(Lanes.FLOAT, i, c.qkv.getAtIndex(Lanes.FLOAT, i) * 100);
            }
            c.run(workers, MicroKernel.preferred());
            for (double v : Arrays32.doubles(c.y)) {
                org.assertj.core.api.Assertions.assertThat(v).isBetween(-200.001, 200.001);
            }
        }
    }

    @Test
    void allocatesNothing() {
        AttentionShape s = new AttentionShape(2, 70, 30, 2, 16, true);
        try (Arena arena = Arena.ofShared();
                Workers workers = new Workers(1)) {
            Case c = new Case(arena, s);
            SelfAttention forward = new SelfAttention(workers);
            forward.reserve(s);
            Allocation.assertNone("attention", () -> forward.run(s, c.y, c.logSumExp, c.qkv, c.cache));
            SelfAttentionGradient backward = new SelfAttentionGradient(workers);
            backward.reserve(s);
            Allocation.assertNone(
                    "attention gradient",
                    () -> backward.run(s, c.dqkv, c.dcache, c.qkv, c.cache, c.y, c.logSumExp, c.dy));
        }
    }
}
