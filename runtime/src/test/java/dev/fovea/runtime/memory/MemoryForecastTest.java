package dev.fovea.runtime.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/// The parts of the forecast, and what is said of it afterwards.
@NullUnmarked
class MemoryForecastTest {
    private static final long MIB = 1 << 20;

    @Test
    void thePartsAddUp() {
        MemoryForecast f = MemoryForecast.of(3, 5, 7, 11, 96 * MIB, 2048 * MIB, 256);
        assertThat(f.total()).isEqualTo(3 + 5 + 7 + 11 + f.heap() + f.machine());
        assertThat(f.heap()).isBetween(96 * MIB, 160 * MIB);
        assertThat(f.machine()).isBetween(50 * MIB, 250 * MIB);
    }

    @Test
    void largePicturesFillTheHeap() {
        assertThat(MemoryForecast.of(0, 0, 0, 0, 96 * MIB, 2048 * MIB, 1512).heap())
                .isLessThan(200 * MIB);
        assertThat(MemoryForecast.of(0, 0, 0, 0, 96 * MIB, 2048 * MIB, 3780).heap())
                .isEqualTo(2048 * MIB);
    }

    @Test
    void theCheckSaysBothNumbersAndTheirRatio() {
        MemoryCheck check = new MemoryCheck(1000 * MIB, OptionalLong.of(1100 * MIB));
        assertThat(check.line()).isEqualTo("memory: 1100 MiB at its peak, 1000 MiB predicted (ratio 1.10)");
        assertThat(check.ratio()).isEqualTo(1.1);
        MemoryCheck untold = new MemoryCheck(1000 * MIB, OptionalLong.empty());
        assertThat(untold.line()).isEqualTo("memory: 1000 MiB predicted; this system does not tell the peak");
        assertThat(untold.ratio()).isNaN();
    }
}
