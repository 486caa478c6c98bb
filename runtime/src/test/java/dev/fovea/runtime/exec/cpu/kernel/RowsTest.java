package dev.fovea.runtime.exec.cpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/// What the op table does not show: bad indices, exact copies, and sums that do not depend on the division of
/// work.
class RowsTest {
    @Test
    void namesAnIndexOutsideTheTable() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment table = Arrays32.random(arena, 5 * 3, 1, 1);
            MemorySegment y = Arrays32.empty(arena, 2 * 3);
            for (int bad : new int[] {5, -1}) {
                MemorySegment indices = Arrays32.ints(arena, 4, bad);
                assertThatThrownBy(() -> Rows.gather(y, table, indices, 5, 3, 0, 2))
                        .isInstanceOf(IndexOutOfBoundsException.class)
                        .hasMessage("index 1 is " + bad + ", must be from 0 to 4");
                assertThatThrownBy(() -> Rows.gatherBackward(table, y, indices, 5, 2, 3, 0, 5))
                        .hasMessageContaining("index 1 is " + bad);
            }
        }
    }

    @Test
    void gatherGradientDoesNotDependOnTheDivision() {
        try (Arena arena = Arena.ofConfined()) {
            int count = 300;
            MemorySegment dy = Arrays32.random(arena, count * 7L, 1, 1);
            int[] numbers = new int[count];
            for (int i = 0; i < count; i++) {
                numbers[i] = i * i % 11;
            }
            MemorySegment indices = Arrays32.ints(arena, numbers);
            MemorySegment whole = Arrays32.empty(arena, 11 * 7);
            Rows.gatherBackward(whole, dy, indices, 11, count, 7, 0, 11);
            MemorySegment parts = Arrays32.empty(arena, 11 * 7);
            Rows.gatherBackward(parts, dy, indices, 11, count, 7, 4, 11);
            Rows.gatherBackward(parts, dy, indices, 11, count, 7, 0, 4);
            Arrays32.assertSameBits(parts, whole, "parts");
        }
    }

    @Test
    void cuttingAtThePicturesOwnSizeCopiesItsBits() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pixels = Arrays32.random(arena, 3 * 6 * 9, 1, 1);
            PatchCutter.Axis rows = new PatchCutter.Axis(new int[6], new float[24]);
            PatchCutter.Axis columns = new PatchCutter.Axis(new int[9], new float[36]);
            PatchCutter cutter = new PatchCutter(3, 6, 9, 3, rows, columns);
            MemorySegment patches = Arrays32.empty(arena, 6 * 27);
            cutter.cutAll(patches, pixels, 0, 6);
            for (int k = 0; k < 6; k++) {
                for (int i = 0; i < 27; i++) {
                    int y = k / 3 * 3 + i % 9 / 3;
                    int x = k % 3 * 3 + i % 3;
                    assertThat(patches.getAtIndex(Lanes.FLOAT, k * 27L + i))
                            .isEqualTo(pixels.getAtIndex(Lanes.FLOAT, (i / 9 * 6L + y) * 9 + x));
                }
            }
        }
    }

    @Test
    void theFirstOfEqualMaximaWinsAndNaNIsNotLost() {
        try (Arena arena = Arena.ofConfined()) {
            Maps maps = new Maps(2, 2, 1, 1);
            MemorySegment dx = Arrays32.empty(arena, 4);
            maps.maxPoolBackward(dx, Arrays32.of(arena, 1, 3, 3, 3), Arrays32.of(arena, 5), 0, 1);
            assertThat(Arrays32.doubles(dx)).containsExactly(0, 5, 0, 0);
            MemorySegment y = Arrays32.empty(arena, 1);
            maps.maxPool(y, Arrays32.of(arena, 1, Double.NaN, 3, 2), 0, 1);
            assertThat(Arrays32.doubles(y)[0]).isNaN();
        }
    }

    @Test
    void aRowWithoutLengthHasAFiniteDirectionAndGradient() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment zero = Arrays32.of(arena, 0, 0, 0);
            MemorySegment y = Arrays32.empty(arena, 3);
            Unit.forward(y, zero, 3, 1e-12f, 0, 1);
            assertThat(Arrays32.doubles(y)).containsExactly(0, 0, 0);
            Unit.backward(y, zero, Arrays32.of(arena, 0, 1e-12, 0), 3, 1e-12f, 0, 1);
            Arrays32.assertClose(y, new double[] {0, 1, 0}, 1, 1, "dx");
        }
    }
}
