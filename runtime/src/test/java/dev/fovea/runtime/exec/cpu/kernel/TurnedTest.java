package dev.fovea.runtime.exec.cpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Transposition against its definition.
class TurnedTest {
    @ParameterizedTest
    @CsvSource({"1, 1, 0", "3, 5, 0", "16, 16, 0", "17, 31, 3", "40, 8, 1", "33, 2, 0", "2, 33, 0", "100, 67, 5"})
    void everyElementMoves(int rows, int columns, int pad) {
        try (Arena arena = Arena.ofShared()) {
            int stride = columns + pad;
            MemorySegment x = Arrays32.random(arena, 3 + (long) rows * stride, 1, 5);
            MemorySegment y = Arrays32.empty(arena, (long) rows * columns);
            int groups = Turned.groups(rows);
            Turned.rows(y, x, 3, rows, columns, stride, 0, groups / 2, scratch(), scratch());
            Turned.rows(y, x, 3, rows, columns, stride, groups / 2, groups, scratch(), scratch());
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < columns; j++) {
                    assertThat(y.getAtIndex(Lanes.FLOAT, (long) j * rows + i))
                            .as("%d, %d", i, j)
                            .isEqualTo(x.getAtIndex(Lanes.FLOAT, 3 + (long) i * stride + j));
                }
            }
        }
    }

    @Test
    void allocatesNothing() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment x = Arrays32.random(arena, 67 * 50, 1, 5);
            MemorySegment y = Arrays32.empty(arena, 67 * 50);
            float[] scratch = scratch();
            float[] halves = scratch();
            Allocation.assertNone(
                    "rows", () -> Turned.rows(y, x, 0, 67, 50, 50, 0, Turned.groups(67), scratch, halves));
        }
    }

    private static float[] scratch() {
        return new float[Turned.scratchLength()];
    }
}
