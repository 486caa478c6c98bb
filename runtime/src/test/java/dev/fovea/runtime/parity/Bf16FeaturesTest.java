package dev.fovea.runtime.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.dsl.spec.PrecisionSpec;
import dev.fovea.dsl.spec.RunSpec;
import dev.fovea.runtime.encode.Encoding;
import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.exec.cpu.CpuBackend;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How far bfloat16 in linear layers moves the features of a recorded model.
class Bf16FeaturesTest {
    @ParameterizedTest
    @CsvSource({"03_forced_square, JAVA", "03_forced_square, AUTO", "03_forced_4scale, AUTO"})
    void featuresStayWithinTwoPercent(String name, RunSpec.Gemm provider) {
        List<double[]> floats = features(name, provider, PrecisionSpec.Compute.FP32);
        List<double[]> halves = features(name, provider, PrecisionSpec.Compute.BF16);
        assertThat(halves).hasSameSizeAs(floats).hasSizeGreaterThan(1);
        for (int i = 0; i < floats.size(); i++) {
            assertThat(distance(halves.get(i), floats.get(i)))
                    .as("%s with %s: relative distance of output %d", name, provider, i)
                    .isBetween(1e-6, 2e-2); // zero would mean that nothing was rounded
        }
    }

    /// The outputs of all blocks and the pooled features of the first picture.
    private static List<double[]> features(String name, RunSpec.Gemm provider, PrecisionSpec.Compute compute) {
        GoldenCase golden = ParityTest.GOLDEN.open(name);
        List<double[]> all = new ArrayList<>();
        try (Backend backend = new CpuBackend(2, provider, compute);
                Looking looking = new Looking(golden, backend)) {
            List<int[]> given = looking.chosen(golden::input, "selection_maps", 0);
            Encoding encoding = looking.encoder.high(looking.low(0), List.of(given), (_, _) -> {});
            encoding.hidden().forEach(block -> all.add(Looking.wide(block)));
            all.add(encoding.roundPooled().getFirst());
        }
        return all;
    }

    /// |a - b| / |b|
    private static double distance(double[] a, double[] b) {
        double difference = 0;
        double size = 0;
        for (int i = 0; i < b.length; i++) {
            difference += (a[i] - b[i]) * (a[i] - b[i]);
            size += b[i] * b[i];
        }
        return Math.sqrt(difference / size);
    }
}
