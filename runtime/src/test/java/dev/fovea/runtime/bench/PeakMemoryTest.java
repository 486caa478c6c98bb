package dev.fovea.runtime.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeakMemoryTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void readsLinesInKibibytes() throws IOException {
        Path file = Files.writeString(folder.resolve("status"), "Name:\tjava\nVmPeak:\t   99 kB\nVmHWM:\t   12 kB\n");
        assertThat(PeakMemory.field(file, "VmHWM:")).isEqualTo(12 * 1024);
        assertThat(PeakMemory.field(file, "VmRSS:")).isZero();
        assertThat(PeakMemory.field(folder.resolve("none"), "VmHWM:")).isZero();
        assertThat(PeakMemory.field(Files.writeString(file, "VmHWM: much\n"), "VmHWM:"))
                .isZero();
    }
}
