package dev.fovea.runtime.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.runtime.exec.cpu.kernel.Lanes;
import dev.fovea.runtime.exec.cpu.kernel.MachineLoops;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineProbeTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void ratesAreMeasuredOnceAndKept() throws IOException {
        MachineRates rates = MachineProbe.rates(folder, 2);
        assertThat(rates.threads()).isEqualTo(2);
        assertThat(rates.vectorBits()).isEqualTo(32 * Lanes.WIDTH);
        assertThat(rates.cpu()).isNotBlank();
        assertThat(List.of(rates.peakOne(), rates.peak(), rates.readRate(), rates.triadRate()))
                .allMatch(rate -> rate > 0 && Double.isFinite(rate));
        assertThat(MachineProbe.rates(folder, 2)).isEqualTo(rates);
        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files.filter(Files::isRegularFile)).hasSize(1);
        }
    }

    @Test
    void aCacheThatCannotBeWrittenDoesNoHarm() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "in the way");
        assertThat(MachineProbe.rates(file, 1).peak()).isPositive();
    }

    @Test
    void theLoopsComputeWhatTheyClaim() {
        int elements = 1000 * 4 * Lanes.WIDTH;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment a = Lanes.allocate(arena, elements);
            MemorySegment b = Lanes.allocate(arena, elements);
            MemorySegment c = Lanes.allocate(arena, elements);
            for (int i = 0; i < elements; i++) {
                b.setAtIndex(Lanes.FLOAT, i, i % 7);
                c.setAtIndex(Lanes.FLOAT, i, i % 5);
            }
            MachineLoops.triad(a, b, c, 0, elements);
            double sum = 0;
            for (int i = 0; i < elements; i++) {
                assertThat(a.getAtIndex(Lanes.FLOAT, i)).isEqualTo(i % 7 + 0.5f * (i % 5));
                sum += i % 7;
            }
            assertThat(MachineLoops.sum(b, 0, elements)).isEqualTo((float) sum);
        }
        assertThat(MachineLoops.multiplyAdds(100_000)).isBetween(0.9f * 12 * Lanes.WIDTH, 1.1f * 12 * Lanes.WIDTH);
        assertThat(MachineLoops.tiles(3)).isZero();
    }
}
