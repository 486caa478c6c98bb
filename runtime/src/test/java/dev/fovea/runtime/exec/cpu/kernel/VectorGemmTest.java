package dev.fovea.runtime.exec.cpu.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/// What only the provider in plain Java promises; the rest is in [GemmTest].
class VectorGemmTest {
    @Test
    void bothTilesGiveTheSameBits() {
        Operands.Product p = new Operands.Product(true, false, 77, 130, 600, false, 0);
        try (Arena arena = Arena.ofShared();
                Workers workers = new Workers(2)) {
            Operands o = new Operands(arena, p);
            o.run(new VectorGemm(workers, new Tile8x3()));
            MemorySegment expected = arena.allocate(o.c.byteSize(), 64).copyFrom(o.c);
            o.run(new VectorGemm(workers, new Tile4x2()));
            Arrays32.assertSameBits(o.c, expected, "tiles");
        }
    }
}
