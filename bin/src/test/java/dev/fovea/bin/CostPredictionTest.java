package dev.fovea.bin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.dsl.SpecReader;
import dev.fovea.runtime.bench.Calibration;
import dev.fovea.runtime.bench.Family;
import dev.fovea.runtime.bench.MachineRates;
import dev.fovea.runtime.bench.StepCost;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CostPredictionTest {
    private static final MachineRates MACHINE = new MachineRates("Some CPU", 8, 3, 512, "25", 1e11, 3e11, 4e10, 3e10);

    @TempDir
    private Path folder = Path.of("");

    private CostPrediction of(@Nullable Calibration calibration) throws Exception {
        Cli cli = Cli.in(folder);
        StepCost cost = StepCost.of(
                SpecReader.read(cli.spec("a.yaml"), List.of("batch.global=8")).spec());
        Surroundings surroundings = cli.surroundings(new StringWriter(), new StringWriter());
        return new CostPrediction(new Fovea(surroundings, Cli.noTraining(), Cli::noSignals), cost, calibration);
    }

    @Test
    void timesAddUpAndTheMachineIsNamed() throws Exception {
        Calibration even = new Calibration(
                MACHINE,
                Arrays.stream(Family.values())
                        .map(family -> new Calibration.Point(family, 1_000_000, 1e-3))
                        .toList());
        CostPrediction prediction = of(even);
        String text = prediction.text(true);
        assertThat(text)
                .contains("a step of 8", "forward", "backward", "update", "all", "predicted", "SelfAttentionBackward")
                .contains("Counting rule", "Some CPU, 3 threads");
        Map<String, Object> json = prediction.asJson();
        double all = ((Map<?, ?>) Objects.requireNonNull(json.get("predicted_seconds_by_pass")))
                .values().stream().mapToDouble(x -> (Double) x).sum();
        assertThat((Double) json.get("predicted_seconds")).isEqualTo(all).isPositive();
    }

    @Test
    void withoutAProbeNoTimeIsShown() throws Exception {
        CostPrediction prediction = of(null);
        assertThat(prediction.text(true)).contains("No time is predicted").doesNotContain(" ms");
        assertThat(prediction.asJson()).containsKey("step_flops").doesNotContainKey("predicted_seconds");
    }
}
