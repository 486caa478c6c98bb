package dev.fovea.runtime.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.dsl.SpecReader;
import dev.fovea.dsl.spec.ExperimentSpec;
import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.exec.ReferenceBackend;
import dev.fovea.runtime.exec.cpu.CpuBackend;
import dev.fovea.runtime.ir.UpdateOp;
import dev.fovea.runtime.train.Programs;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/// Steps are timed as the program has them; here a clock that ticks once a look makes every op take a millisecond.
class StepBenchTest {
    private static final String TEXT = """
            fovea: v1
            name: tiny
            model:
              vision: {width: 12, depth: 2, heads: 2, mlp: 20, patch: 8}
              ps3:
                scales: [16, 32, 64]
                select: {from_layers: [0, 1], max_tokens: 21}
              text: {width: 12, depth: 1, heads: 2, mlp: 20, context: 5, vocab: 33}
            data: {train: {type: scenes, size: 64}}
            optim: {lr: 1e-3, grad_clip: 1.0}
            schedule: {length: 6st}
            batch: {global: 3}
            """;

    private static ExperimentSpec spec(String... overrides) {
        return SpecReader.readText(TEXT, Path.of("tiny.yaml"), List.of(overrides))
                .spec();
    }

    /// A millisecond between two looks.
    private static LongSupplier ticks() {
        AtomicLong now = new AtomicLong();
        return () -> now.getAndAdd(1_000_000);
    }

    private static StepTimes run(Backend backend, StepPlan.Mode mode, int samples) {
        return StepBench.run(spec(), mode, backend, new StepBench.Settings(samples, 1e9, ticks()));
    }

    @Test
    void everyOpOfAStepIsTimedOnce() {
        Programs programs = new Programs(spec());
        int nodes = programs.training().report().nodes();
        try (Backend backend = new CpuBackend(2)) {
            StepTimes times = run(backend, StepPlan.Mode.TRAINING, 4);
            assertThat(times.seconds()).isCloseTo(nodes * 1e-3, within(1e-9));
            assertThat(times.low()).isEqualTo(times.high()).isEqualTo(times.seconds());
            assertThat(times.samples()).isEqualTo(4);
            assertThat(times.warmUp()).isEqualTo(StepBench.LEAST_WARM_UP);
            assertThat(times.plan().kinds().stream().mapToInt(OpKind::calls).sum())
                    .isEqualTo(nodes);
            assertThat(times.plan().kinds())
                    .allSatisfy(k -> assertThat(k.seconds()).isCloseTo(k.calls() * 1e-3, within(1e-9)));
            assertThat(times.backend()).contains("cpu").contains("2 threads");
        }
    }

    @Test
    void bothBackendsTellOfTheSameOps() {
        try (Backend cpu = new CpuBackend(1);
                Backend reference = new ReferenceBackend()) {
            assertThat(run(cpu, StepPlan.Mode.FORWARD, 1).plan())
                    .isEqualTo(run(reference, StepPlan.Mode.FORWARD, 1).plan());
        }
    }

    @Test
    void kindsAddUpToTheProgram() {
        StepPlan plan = StepPlan.of(spec(), StepPlan.Mode.TRAINING);
        assertThat(plan.kinds().stream().mapToLong(OpKind::flops).sum())
                .isEqualTo(plan.flops())
                .isEqualTo(new Programs(spec()).training().report().flops());
        assertThat(plan.kinds()).allSatisfy(k -> assertThat(k.seconds()).isZero());
        assertThat(plan.kinds().stream().map(OpKind::pass).distinct()).containsExactly("forward", "backward", "update");
        assertThat(plan.kinds())
                .filteredOn(k -> k.pass().equals("update"))
                .extracting(OpKind::name)
                .containsExactly("GlobalNorm", "ClipFactor", "AdamW");
        assertThat(new Programs(spec())
                        .training().program().schedule().stream()
                                .filter(n -> n.op() instanceof UpdateOp)
                                .count())
                .isEqualTo(plan.kinds().getLast().calls());
    }

    @Test
    void aLookIsForwardOnly() {
        StepPlan look = StepPlan.of(spec(), StepPlan.Mode.FORWARD);
        assertThat(look.kinds()).allSatisfy(k -> assertThat(k.pass()).isEqualTo("forward"));
        assertThat(look.flops())
                .isLessThan(StepPlan.of(spec(), StepPlan.Mode.TRAINING).flops());
    }

    @Test
    void tokensAreCounted() {
        StepPlan selected = StepPlan.of(spec(), StepPlan.Mode.TRAINING);
        assertThat(selected.scales()).containsExactly(16, 32, 64);
        assertThat(selected.lowTokens()).isEqualTo(4);
        assertThat(selected.highTokens()).isEqualTo(21);
        assertThat(selected.highPatches()).isEqualTo(16 + 64);
        assertThat(selected.encodesAll()).isFalse();
        assertThat(StepPlan.of(spec("model.ps3.select.max_tokens=80"), StepPlan.Mode.FORWARD)
                        .encodesAll())
                .isTrue();
        assertThat(tokens("model.encoder={type: s2}")).isEqualTo(4 + 16 + 64);
        assertThat(tokens("model.encoder={type: anyres}")).isEqualTo(4 + 64);
        assertThat(tokens("model.encoder={type: anyres, grid: nearest-aspect}", "model.ps3.scales=[16]"))
                .isEqualTo(4);
    }

    private static int tokens(String... overrides) {
        return StepPlan.of(spec(overrides), StepPlan.Mode.TRAINING).tokens();
    }

    /// A baseline on the low scale alone, whose program has neither maps nor patches to select.
    @Test
    void aScaleAloneIsTrainedToo() {
        ExperimentSpec alone = spec("model.encoder={type: anyres, grid: nearest-aspect}", "model.ps3.scales=[16]");
        try (Backend backend = new CpuBackend(1)) {
            StepTimes times =
                    StepBench.run(alone, StepPlan.Mode.TRAINING, backend, new StepBench.Settings(1, 1, ticks()));
            assertThat(times.plan().kinds())
                    .extracting(OpKind::name)
                    .contains("AdamW")
                    .doesNotContain("HostCall:select");
        }
    }

    @Test
    void forecastsScaleKindByKind() {
        try (Backend backend = new CpuBackend(1)) {
            StepTimes times = run(backend, StepPlan.Mode.TRAINING, 1);
            assertThat(StepForecast.seconds(times, times.plan())).isCloseTo(times.seconds(), within(1e-9));
            List<OpKind> linear = times.plan().kinds().stream()
                    .filter(k -> k.name().equals("Linear"))
                    .map(k -> new OpKind(k.pass(), k.name(), k.calls(), 3 * k.flops(), 7 * k.bytes(), 0))
                    .toList();
            StepPlan thrice = new StepPlan(List.of(16), 4, 0, 0, 0, 0, linear);
            double once = times.plan().kinds().stream()
                    .filter(k -> k.name().equals("Linear"))
                    .mapToDouble(OpKind::seconds)
                    .sum();
            assertThat(StepForecast.seconds(times, thrice)).isCloseTo(3 * once, within(1e-9));
            OpKind unknown = new OpKind("forward", "Unknown", 1, 5, 1000, 0);
            StepPlan other = new StepPlan(List.of(16), 4, 0, 0, 0, 0, List.of(unknown));
            assertThat(StepForecast.seconds(times, other)).isPositive();
        }
    }

    @Test
    void quartilesLieBetweenSamples() {
        assertThat(Quartiles.of(4, 1, 3, 2, 5)).isEqualTo(new Quartiles(2, 3, 4));
        assertThat(Quartiles.of(1, 2)).isEqualTo(new Quartiles(1.25, 1.5, 1.75));
        assertThat(Quartiles.of(7)).isEqualTo(new Quartiles(7, 7, 7));
        assertThatThrownBy(() -> new StepBench.Settings(0, 1)).hasMessage("a median of 0 samples");
    }
}
