package dev.fovea.runtime.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.fovea.dsl.spec.ExperimentSpec;
import dev.fovea.runtime.memory.MachineMemory;
import dev.fovea.runtime.memory.MemoryForecast;
import java.nio.file.Path;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How a run chooses between memory and arithmetic, and what it predicts.
@NullUnmarked
class ProgramsTest {
    @TempDir
    Path folder;

    private ExperimentSpec spec(String... overrides) {
        return TinySpec.read(folder, overrides).spec();
    }

    private static MachineMemory machine(long available) {
        return new MachineMemory(8L << 30, available, "the control group /job");
    }

    @Test
    void autoKeepsEverythingWhereItFitsAndSaysSo() {
        Programs programs = new Programs(spec(), machine(4L << 30));
        assertThat(programs.recomputes()).isFalse();
        assertThat(programs.choice())
                .startsWith("activation checkpointing: none, because 0.")
                .endsWith("fits into the 4.0 GiB that the control group /job has left");
    }

    @Test
    void autoComputesLayersAgainWhereItWouldBeTight() {
        ExperimentSpec deep = spec("model.vision.depth=12", "batch.global=64");
        MemoryForecast all = new Programs(deep, machine(4L << 30)).forecast();
        Programs tight = new Programs(deep, machine(all.total() * 5 / 4 - 1));
        assertThat(tight.recomputes()).isTrue();
        assertThat(tight.choice())
                .startsWith("activation checkpointing: blocks, because")
                .contains("80 %");
        assertThat(tight.forecast().work()).isLessThan(all.work() / 2);
        assertThat(tight.forecast().store()).isEqualTo(all.store());
        assertThat(new Programs(deep, machine(all.total() * 5 / 4 + 1)).recomputes())
                .isFalse();
    }

    @Test
    void theSpecsWordIsKept() {
        MachineMemory none = machine(0), much = machine(1L << 40);
        Programs kept = new Programs(spec("run.activation_checkpointing=none"), none);
        assertThat(kept.recomputes()).isFalse();
        assertThat(kept.choice()).isEmpty();
        Programs again = new Programs(spec("run.activation_checkpointing=blocks"), much);
        assertThat(again.recomputes()).isTrue();
        assertThat(again.choice()).isEmpty();
    }

    @Test
    void theErrorNamesWhatHelps() {
        MachineMemory small = new MachineMemory(1 << 20, 1 << 20, "the machine");
        assertThatExceptionOfType(RunException.class)
                .isThrownBy(() -> new Programs(spec("run.activation_checkpointing=none"), small).requireMemory())
                .withMessageMatching("batch.global: a step with 4 pictures needs 0.\\d GiB, there is 0.0 GiB; set "
                        + "run.activation_checkpointing to blocks, or lower batch.global, .*");
        assertThatExceptionOfType(RunException.class)
                .isThrownBy(() -> new Programs(spec(), small).requireMemory())
                .withMessageContaining("there is 0.0 GiB; lower batch.global");
    }

    @Test
    void costForecastsWhatTheProgramsTake() {
        ExperimentSpec spec = spec("batch.global=5", "run.threads=2");
        Cost cost = Cost.of(spec);
        MachineMemory much = machine(1L << 40);
        assertThat(cost.forecast(spec, 5, false)).isEqualTo(new Programs(spec, much).forecast());
        ExperimentSpec again = spec("batch.global=5", "run.threads=2", "run.activation_checkpointing=blocks");
        assertThat(cost.forecast(spec, 5, true)).isEqualTo(new Programs(again, much).forecast());
        assertThat(cost.recomputeFlops()).isPositive().isLessThan(cost.forwardFlops());
    }
}
