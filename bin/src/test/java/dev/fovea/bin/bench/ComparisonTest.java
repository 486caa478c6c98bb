package dev.fovea.bin.bench;

import static dev.fovea.bin.bench.BenchFileTest.MACHINE;
import static dev.fovea.bin.bench.BenchFileTest.header;
import static dev.fovea.bin.bench.BenchFileTest.measured;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.bin.terminal.Style;
import dev.fovea.runtime.bench.MachineRates;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final BenchFile BEFORE = new BenchFile(
            header(MACHINE),
            List.of(
                    measured("gemm", 0.95, 1, 1.05),
                    measured("layer norm", 0.99, 1, 1.01),
                    measured("drift", 0.999, 1, 1.001),
                    measured("old", 1, 1, 1)));

    @Test
    void onlyWhatLeavesTheSpreadAndTheDriftIsAChange() {
        BenchFile now = new BenchFile(
                header(MACHINE),
                List.of(
                        measured("gemm", 1.02, 1.1, 1.15),
                        measured("layer norm", 0.69, 0.7, 0.71),
                        measured("drift", 1.01, 1.02, 1.03),
                        measured("new", 1, 1, 1)));
        Comparison comparison = Comparison.of(BEFORE, now);
        assertThat(comparison.rows())
                .extracting(Comparison.Row::verdict)
                .containsExactly(Comparison.Verdict.NOISE, Comparison.Verdict.FASTER, Comparison.Verdict.NOISE);
        assertThat(comparison.added()).containsExactly("new");
        assertThat(comparison.gone()).containsExactly("old");
        assertThat(comparison.differences()).isEmpty();
        assertThat(comparison.text("a.json", Style.PLAIN).lines())
                .containsExactly(
                        "compared     before  spread      now  spread  now/before",
                        "gemm         1.00 s     10%   1.10 s     12%       1.100",
                        "layer norm   1.00 s    2.0%   700 ms    2.9%       0.700  faster",
                        "drift        1.00 s    0.2%   1.02 s    2.0%       1.020",
                        "not in a.json: new",
                        "only in a.json: old");
    }

    @Test
    void aSlowerMeasurementIsMarked() {
        BenchFile now = new BenchFile(header(MACHINE), List.of(measured("gemm", 1.2, 1.25, 1.3)));
        assertThat(Comparison.of(BEFORE, now).text("a.json", Style.PLAIN)).contains("1.250  SLOWER");
    }

    @Test
    void otherConditionsAreSaidFirstAndLoudly() {
        MachineRates other = new MachineRates("Other CPU", 8, 2, 512, "26", 1, 1, 1, 1);
        BenchFile now = new BenchFile(header(other), List.of(measured("gemm", 1, 1, 1)));
        assertThat(Comparison.of(BEFORE, now).text("a.json", Style.PLAIN)).startsWith("""
                        NOT THE SAME CONDITIONS as a.json, the ratios say little:
                          CPU: Some CPU then, Other CPU now
                          threads: 4 then, 2 now
                          JVM: 25.0.1+8 then, 26 now
                        """);
    }

    @Test
    void nothingInCommonIsSaid() {
        BenchFile now = new BenchFile(header(MACHINE), List.of(measured("other", 1, 1, 1)));
        assertThat(Comparison.of(BEFORE, now).text("a.json", Style.PLAIN)).contains("nothing in common with a.json");
    }
}
