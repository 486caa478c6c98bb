package dev.fovea.runtime.exec.cpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Rounding to bfloat16: one number by its definition, arrays by the single numbers.
class Bfloat16Test {
    @ParameterizedTest
    @CsvSource({
        "3f800000, 3f80", // 1
        "3f808000, 3f80", // half way, the lower is even
        "3f818000, 3f82", // half way, the upper is even
        "3f808001, 3f81",
        "3f817fff, 3f81",
        "bf808001, bf81",
        "7f7fffff, 7f80", // beyond the largest finite number
        "7f7f7fff, 7f7f",
        "7f800000, 7f80",
        "ff800000, ff80",
        "7fc00000, 7fc0",
        "7f800001, 7fc0", // NaN whose upper half alone would be infinite
        "ffffffff, ffff",
        "00000001, 0000",
        "00008000, 0000",
        "00008001, 0001",
        "80000000, 8000"
    })
    void roundsToNearestEven(String bits, String expected) {
        float value = Float.intBitsToFloat(Integer.parseUnsignedInt(bits, 16));
        assertThat(Bfloat16.narrow(value) & 0xffff).isEqualTo(Integer.parseInt(expected, 16));
    }

    @Test
    void noOtherNumberIsNearer() {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 20_000; i++) {
            float value = Float.intBitsToFloat(random.nextInt());
            float rounded = Bfloat16.round(value);
            if (!Float.isFinite(value) || !Float.isFinite(rounded)) {
                continue;
            }
            int bits = Float.floatToRawIntBits(rounded);
            for (int step : new int[] {-0x10000, 0x10000}) {
                float other = Float.intBitsToFloat(bits + step);
                if (Float.isFinite(other) && Math.signum(other) == Math.signum(rounded)) {
                    assertThat(distance(value, rounded)).as("%s", value).isLessThanOrEqualTo(distance(value, other));
                }
            }
        }
    }

    private static BigDecimal distance(float a, float b) {
        return new BigDecimal(a).subtract(new BigDecimal(b)).abs();
    }

    @Test
    void arraysAreRoundedElementByElement() {
        checkArrays();
    }

    static void checkArrays() {
        int count = 1003;
        SplittableRandom random = new SplittableRandom(4);
        try (Arena arena = Arena.ofShared()) {
            MemorySegment x = arena.allocate(4L * (count + 1), 64);
            for (int i = 0; i <= count; i++) {
                x.setAtIndex(ValueLayout.JAVA_INT, i, random.nextInt(50) == 0 ? 0x7f80_0001 : random.nextInt());
            }
            MemorySegment floats = arena.allocate(4L * (count + 3), 64);
            MemorySegment shorts = arena.allocate(2L * (count + 3), 64);
            Bfloat16.round(floats, 2, x, 1, count);
            Bfloat16.narrow(shorts, 2, x, 1, count);
            for (int i = 0; i < count; i++) {
                short expected = Bfloat16.narrow(Float.intBitsToFloat(x.getAtIndex(ValueLayout.JAVA_INT, i + 1)));
                assertThat(shorts.getAtIndex(ValueLayout.JAVA_SHORT, i + 2))
                        .as("%d", i)
                        .isEqualTo(expected);
                assertThat(floats.getAtIndex(ValueLayout.JAVA_INT, i + 2))
                        .as("%d", i)
                        .isEqualTo(expected << 16);
            }
            assertThat(floats.getAtIndex(ValueLayout.JAVA_INT, 1)).isZero();
            assertThat(floats.getAtIndex(ValueLayout.JAVA_INT, count + 2)).isZero();
            assertThat(shorts.getAtIndex(ValueLayout.JAVA_SHORT, count + 2)).isZero();
        }
    }

    @Test
    void roundingAllocatesNothing() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment x = Arrays32.random(arena, 1001, 1, 1);
            MemorySegment y = Arrays32.empty(arena, 1001);
            Allocation.assertNone("round", () -> Bfloat16.round(y, 0, x, 0, 1001));
            Allocation.assertNone("narrow", () -> Bfloat16.narrow(y, 0, x, 0, 1001));
        }
    }
}
