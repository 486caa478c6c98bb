package dev.fovea.runtime.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.dsl.SpecReader;
import dev.fovea.dsl.spec.ExperimentSpec;
import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.exec.Session;
import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.exec.cpu.CpuBackend;
import dev.fovea.runtime.ir.Pass;
import dev.fovea.runtime.train.Compiled;
import dev.fovea.runtime.train.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is predicted is what is run: operations are counted by listening to a session.
class StepCostTest {
    private static final String TEXT = """
            fovea: v1
            name: tiny
            model:
              vision: {width: 16, depth: 2, heads: 2, mlp: 24, patch: 8}
              ps3:
                scales: [16, 32, 64]
                select:
                  strategy: top-down
                  from_layers: [0, 1]
                  max_tokens: 20
                  highres_feature: {resolution: 32, hidden: 8, out: 8, depth: 1, kernel: 8}
              text: {width: 16, depth: 1, heads: 2, mlp: 24, context: 8, vocab: 128}
            data:
              train: {type: scenes, size: 64, concepts: 12, styles: [noto], large: 2, medium: 1, small: 0}
            optim: {lr: 1e-3, grad_clip: 1.0}
            schedule: {warmup: 2st, length: 6st}
            batch: {global: 5}
            tracking: {type: none}
            """;

    @TempDir
    private Path folder = Path.of("");

    private ExperimentSpec spec(String overrides) throws IOException {
        Path file = Files.writeString(folder.resolve("tiny.yaml"), TEXT);
        List<String> all = overrides.isEmpty() ? List.of() : List.of(overrides.split(" "));
        return SpecReader.read(file, all).spec();
    }

    private static Map<Pass, SequencedMap<String, Long>> executed(Compiled program, int vocabulary) {
        SyntheticInputs.write(program.graph(), program.session(), vocabulary);
        Map<Pass, SequencedMap<String, Long>> counted = new EnumMap<>(Pass.class);
        for (Pass pass : Pass.values()) {
            counted.put(pass, new TreeMap<>());
        }
        Session session = program.session();
        session.run(System::nanoTime, (node, _) -> {
            if (node.op().flops() > 0) {
                counted.get(node.pass()).merge(node.op().name(), node.op().flops(), Long::sum);
            }
        });
        return counted;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "run.activation_checkpointing=blocks",
                "loss.box.type=bce+dice",
                "model.ps3.select.strategy=bottom-up",
                "model.encoder.type=s2",
                "model.encoder.type=anyres"
            })
    void predictedOperationsAreTheExecutedOnes(String overrides) throws IOException {
        ExperimentSpec spec = spec(overrides);
        Programs programs = new Programs(spec);
        StepCost cost = StepCost.of(spec);
        try (Backend backend = new CpuBackend(2);
                Store store = backend.store();
                Compiled step = programs.training(backend, store);
                Compiled evaluation = programs.evaluation(backend, store)) {
            SyntheticInputs.parameters(programs.parameters(), store);
            int vocabulary = spec.model().text().vocab();
            assertThat(executed(step, vocabulary)).as(overrides).isEqualTo(cost.work());
            assertThat(executed(evaluation, vocabulary))
                    .as(overrides)
                    .isEqualTo(programs.evaluation().report().work());
        }
        assertThat(cost.flops()).isEqualTo(programs.training().report().flops()).isPositive();
        assertThat(cost.flops(Pass.BACKWARD)).isGreaterThan(cost.flops(Pass.FORWARD));
        assertThat(cost.flops(Pass.RECOMPUTE) > 0).isEqualTo(overrides.contains("blocks"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "loss.box.type=bce+dice", "model.encoder.type=s2"})
    void smallBatchesTellTheCountsOfLargeOnes(String overrides) throws IOException {
        ExperimentSpec spec = spec(overrides);
        assertThat(StepCost.extrapolated(spec, 5).work())
                .as(overrides)
                .isEqualTo(StepCost.of(spec).work());
        assertThat(StepCost.of(spec.withBatch(1 << 20)).whole()).isFalse();
    }
}
