package dev.fovea.runtime.exec.cpu.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.runtime.exec.cpu.kernel.Gemm;
import dev.fovea.runtime.exec.cpu.kernel.Workers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Finding the library, the division of its work, and what is refused before native code is called.
class OneDnnTest {
    private static OneDnn.Usable usable() {
        return switch (OneDnn.find()) {
            case OneDnn.Usable usable -> usable;
            case OneDnn.Missing missing -> Assumptions.abort("no oneDNN: " + missing.reason());
        };
    }

    @ParameterizedTest
    @CsvSource({
        "Linux, amd64, linux-x86_64, true",
        "Linux, aarch64, linux-arm64, true",
        "Mac OS X, aarch64, macosx-arm64, true",
        "Mac OS X, x86_64, macosx-x86_64, true",
        "Linux, riscv64, linux-riscv64, false",
        "Windows 11, amd64, windows-x86_64, false"
    })
    void platformsAreCalledAsTheirJars(String system, String processor, String name, boolean known) {
        assertThat(Platform.nameOf(system, processor)).isEqualTo(name);
        assertThat(Platform.of(system, processor).isPresent()).isEqualTo(known);
    }

    @Test
    void saysWhatItIs() {
        OneDnn.Usable found = usable();
        assertThat(found.version()).matches("3\\.\\d+\\.\\d+");
        assertThat(found.describe()).startsWith("onednn " + found.version());
        assertThat(OneDnn.find()).isSameAs(found);
        if (found.instructions().contains("bf16") || found.instructions().contains("amx")) {
            assertThat(found.bf16()).isTrue();
        }
    }

    @Test
    void aCacheThatCannotBeWrittenIsNoObstacle(@TempDir Path folder) throws IOException {
        usable();
        Path file = Files.writeString(folder.resolve("file"), "no folder");
        Loading loading = Loading.load(Map.of("FOVEA_CACHE", file.toString()));
        assertThat(loading.reason()).isEmpty();
        assertThat(loading.symbols()).isNotNull();
    }

    @Test
    void blocksDependOnSizesAlone() {
        assertThat(Grid.of(false, 64, 64, 64)).isEqualTo(new Grid(64, 96));
        assertThat(Grid.of(false, 2048, 768, 768).columnStep()).isLessThanOrEqualTo(384);
        for (boolean transB : new boolean[] {false, true}) {
            for (int m : new int[] {1, 5, 97, 1000, 4096}) {
                for (int n : new int[] {1, 49, 192, 4304}) {
                    for (int k : new int[] {1, 192, 4304}) {
                        Grid grid = Grid.of(transB, m, n, k);
                        assertThat(grid.rowStep()).isPositive();
                        assertThat(grid.columnStep()).isPositive();
                        int blocks = Math.ceilDiv(m, grid.rowStep()) * Math.ceilDiv(n, grid.columnStep());
                        assertThat(blocks).as("%s %d %d %d", transB, m, n, k).isBetween(1, 32);
                    }
                }
            }
        }
    }

    @Test
    void nativeCodeNeverSeesMemoryThatIsNotThere() {
        try (Arena arena = Arena.ofShared();
                Workers workers = new Workers(1)) {
            Gemm gemm = usable().floats(workers);
            MemorySegment good = arena.allocate(4 * 36, 64);
            MemorySegment shorter = good.asSlice(0, 4 * 35);
            MemorySegment heap = MemorySegment.ofArray(new float[36]);
            multiply(gemm, good, good, 6);
            for (MemorySegment bad : new MemorySegment[] {shorter, heap}) {
                assertThatThrownBy(() -> multiply(gemm, bad, good, 6)).isInstanceOf(RuntimeException.class);
                assertThatThrownBy(() -> multiply(gemm, good, bad, 6)).isInstanceOf(RuntimeException.class);
            }
            assertThatThrownBy(() -> multiply(gemm, good, good, 5))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("rows of 6 are 5 apart");
        }
    }

    private static void multiply(Gemm gemm, MemorySegment ab, MemorySegment c, int stride) {
        gemm.multiply(false, true, 6, 6, 6, ab, 0, stride, ab, 0, 6, c, 0, 6, false);
    }
}
