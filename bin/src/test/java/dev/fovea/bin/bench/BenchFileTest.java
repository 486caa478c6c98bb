package dev.fovea.bin.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.bin.UserError;
import dev.fovea.bin.terminal.Style;
import dev.fovea.runtime.bench.MachineRates;
import dev.fovea.runtime.bench.Measurement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchFileTest {
    static final MachineRates MACHINE = new MachineRates("Some CPU", 8, 4, 512, "25.0.1+8", 100e9, 390e9, 44e9, 30e9);

    @TempDir
    private Path folder = Path.of("");

    static BenchHeader header(MachineRates machine) {
        return new BenchHeader(
                "kernels", "2026-11-22T12:00:00Z", "0.1.0", "0123456789abcdef", true, "java", false, machine);
    }

    static Measurement measured(String name, double low, double median, double high) {
        return new Measurement(name, median, low, high, 21, 195_000_000L, 3_000_000L, new LinkedHashMap<>());
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        Measurement plain = measured("gemm", 0.9e-3, 1e-3, 1.2e-3);
        LinkedHashMap<String, String> facts = new LinkedHashMap<>(Map.of("memory", "1.5 GiB"));
        facts.put("arm", "all \"patches\"");
        Measurement other = new Measurement("step", 3.25, 3.125, 3.5, 5, 1L << 40, 0, facts);
        BenchFile file = new BenchFile(header(MACHINE), List.of(plain, other));
        Path path = folder.resolve("new/folder/bench.json");
        file.write(path);
        assertThat(BenchFile.read(path, "bench.json")).isEqualTo(file);
        assertThat(BenchFile.read(path, "bench.json")
                        .measurements()
                        .get(1)
                        .facts()
                        .sequencedKeySet())
                .containsExactly("memory", "arm");
        assertThat(Files.readString(path)).contains("\"format\" : 1").endsWith("}\n");
    }

    @Test
    void filesThatAreNoneAreNamed() throws IOException {
        Path torn = Files.writeString(folder.resolve("torn.json"), "{\"format\": 1, \"meas");
        Path other = Files.writeString(folder.resolve("other.json"), "[]");
        Path newer = Files.writeString(folder.resolve("newer.json"), "{\"format\": 7, \"measurements\": []}");
        assertThatThrownBy(() -> BenchFile.read(torn, "torn.json"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("torn.json: not readable");
        assertThatThrownBy(() -> BenchFile.read(other, "other.json")).hasMessageContaining("no file of `fovea bench");
        assertThatThrownBy(() -> BenchFile.read(newer, "newer.json")).hasMessageContaining("it says format 7");
        assertThatThrownBy(() -> BenchFile.read(folder.resolve("none"), "none")).hasMessageContaining("no such file");
    }

    @Test
    void theTableShowsRatesAndShares() {
        Measurement memory = new Measurement("add", 2e-3, 2e-3, 2.1e-3, 9, 0, 45_000_000, new LinkedHashMap<>());
        LinkedHashMap<String, String> facts = new LinkedHashMap<>(Map.of("images/s", "0.31"));
        Measurement look = new Measurement("look", 3.25, 3.0, 3.5, 3, 0, 0, facts);
        List<Measurement> all = List.of(measured("gemm", 0.9e-3, 1e-3, 1.1e-3), memory, look);
        String table = BenchTable.text(all, MACHINE, Style.PLAIN, "images/s");
        assertThat(table.lines())
                .containsExactly(
                        "measured   median  spread  GFLOP/s  peak  GB/s  memory  images/s",
                        "gemm      1.00 ms     20%      195   50%  3.00     10%",
                        "add       2.00 ms    5.0%                 22.5     75%",
                        "look       3.25 s     15%                                   0.31");
    }

    @Test
    void timesKeepThreeDigits() {
        assertThat(BenchTable.time(1.234e-6)).isEqualTo("0.001 ms");
        assertThat(BenchTable.time(0.0123456)).isEqualTo("12.3 ms");
        assertThat(BenchTable.time(0.9994)).isEqualTo("999 ms");
        assertThat(BenchTable.time(0.9996)).isEqualTo("1.00 s");
        assertThat(BenchTable.time(123.4)).isEqualTo("123 s");
    }
}
