package dev.fovea.runtime.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.dsl.spec.LossSpec;
import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.dsl.spec.OptimSpec;
import dev.fovea.runtime.autodiff.Recompute;
import dev.fovea.runtime.exec.HostFunction;
import dev.fovea.runtime.exec.Session;
import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.exec.cpu.CpuBackend;
import dev.fovea.runtime.ir.AttentionOp;
import dev.fovea.runtime.ir.Graph;
import dev.fovea.runtime.ir.LinearOp;
import dev.fovea.runtime.ir.Node;
import dev.fovea.runtime.ir.Pass;
import dev.fovea.runtime.ir.Value;
import dev.fovea.runtime.parity.ParityModel;
import dev.fovea.runtime.plan.MemoryPlan;
import dev.fovea.runtime.plan.WholeArrays;
import dev.fovea.runtime.train.Planned;
import dev.fovea.runtime.train.PreTraining;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Training steps whose layers are computed again for the backward pass, against steps that keep everything.
@NullUnmarked
class RecomputeTest {
    private static final OptimSpec OPTIM = new OptimSpec("adamw", 1e-3, List.of(0.9, 0.95), 1e-8, 0.1, 1);
    private static final PreTraining.Size SIZE = new PreTraining.Size(3, 32, 32);

    static Stream<ModelSpec> models() {
        ModelSpec tiny = WholeModelTest.tiny();
        ModelSpec.Select random = new ModelSpec.Select(
                ModelSpec.Strategy.RANDOM,
                List.of(1),
                9,
                List.of(4, 5),
                null,
                ModelSpec.Smooth.GAUSSIAN,
                2,
                ModelSpec.ScoreMaps.PER_SCALE,
                1,
                ModelSpec.Budgets.RELEASED,
                ModelSpec.Ties.RANDOM);
        ModelSpec.Vision radio = new ModelSpec.Vision(
                "vit", 8, 3, 2, 12, 4, "map", ModelSpec.Positions.CROP, 9, false, new ModelSpec.Adapter(10, 3, 6, 7));
        ModelSpec.Text clip =
                new ModelSpec.Text("transformer", 8, 3, 2, 12, 5, 11, "argmax", ModelSpec.Gelu.ERF, true, 1e-5, false);
        return Stream.of(
                tiny,
                WholeModelTest.tiny(new ModelSpec.S2(ModelSpec.GridSize.LARGEST)),
                WholeModelTest.tiny(
                        new ModelSpec.AnyRes(0, ModelSpec.TileRule.BEST_FIT, ModelSpec.Merge.SPATIAL_UNPAD)),
                WholeModelTest.tiny(new ModelSpec.AnyRes(5, ModelSpec.TileRule.NEAREST_ASPECT, ModelSpec.Merge.FLAT)),
                new ModelSpec(
                        tiny.vision(), new ModelSpec.Ps3(List.of(8, 16, 32), random, false, false, true), tiny.text()),
                new ModelSpec(radio, tiny.ps3(), clip));
    }

    @ParameterizedTest
    @MethodSource("models")
    void everyResultAndParameterIsTheSameToTheBit(ModelSpec model) {
        Graph kept = graph(model, SIZE), dropped = Recompute.layers(kept);
        assertThat(recomputed(dropped)).isNotEmpty();
        Map<String, double[]> expected = twoSteps(model, kept, false), actual = twoSteps(model, dropped, true);
        assertThat(actual.keySet()).isEqualTo(expected.keySet()).contains("1 loss", "logit_scale");
        expected.forEach((name, data) ->
                assertThat(Arrays.equals(actual.get(name), data)).as(name).isTrue());
    }

    /// When all is kept, each further layer adds 16 widths for each token: two norms, queries, keys and values,
    /// attended tokens, the sum after attention, the MLP's two of 4 widths, and its output. Computed again, it
    /// adds its output, at most the attended tokens, the low pass's packed values with their gradient, and the
    /// gradients of its parameters.
    @Test
    void eachFurtherLayerAddsOnlyItsBorders() {
        long low = 8 * 16, high = 8 * 12, width = 32 * Float.BYTES, parameters = 13 * 32 * 32 * Float.BYTES;
        long kept = bytes(deep(12), false) - bytes(deep(6), false);
        long dropped = bytes(deep(12), true) - bytes(deep(6), true);
        assertThat(kept).isGreaterThanOrEqualTo(6 * 16 * (low + high) * width);
        assertThat(dropped).isLessThanOrEqualTo(6 * ((2 * (low + high) + 2 * 3 * low) * width + parameters));
        assertThat(dropped).isLessThan(kept / 2);
    }

    @Test
    void longAttentionIsKeptAndShortAttentionIsNot() {
        Graph g = Recompute.layers(graph(deep(4), new PreTraining.Size(3, 32, 32)));
        assertThat(recomputed(g)).anyMatch(n -> n.op() instanceof LinearOp.Linear);
        List<Node> attention = recomputed(g).stream()
                .filter(n -> n.op() instanceof AttentionOp.SelfAttention)
                .toList();
        assertThat(attention).as("attention over few tokens").isNotEmpty();
        ModelSpec tiny = WholeModelTest.tiny();
        ModelSpec.Vision narrow = new ModelSpec.Vision("vit", 8, 4, 2, 8, 4, "map");
        ModelSpec large = new ModelSpec(
                narrow, new ModelSpec.Ps3(List.of(32, 64, 128), tiny.ps3().select(), true, true, false), tiny.text());
        Graph wide = Recompute.layers(graph(large, new PreTraining.Size(1, 128, 128)));
        assertThat(recomputed(wide))
                .as("attention over 64 and more tokens of width 8")
                .noneMatch(n -> n.op() instanceof AttentionOp.SelfAttention a
                        && a.qkv().shape().dim(1) >= 64);
    }

    @Test
    void aGraphWithoutBackwardPassStaysAsItIs() {
        Graph g = PreTraining.build(WholeModelTest.tiny(), ParityModel.loss(true, true), SIZE, null, false)
                .graph();
        assertThat(Recompute.layers(g).text()).isEqualTo(g.text());
    }

    @Test
    void workDoneAgainIsCountedApart() {
        Graph kept = graph(deep(4), SIZE);
        var before = Planned.of(kept).report();
        var after = Planned.of(Recompute.layers(kept)).report();
        for (Pass pass : List.of(Pass.FORWARD, Pass.BACKWARD, Pass.UPDATE)) {
            assertThat(after.flops(pass)).as("%s", pass).isEqualTo(before.flops(pass));
        }
        assertThat(before.flops(Pass.RECOMPUTE)).isZero();
        assertThat(after.flops(Pass.RECOMPUTE)).isPositive().isLessThan(before.flops(Pass.FORWARD));
        assertThat(after.flops()).isEqualTo(before.flops() + after.flops(Pass.RECOMPUTE));
    }

    private static ModelSpec deep(int depth) {
        ModelSpec tiny = WholeModelTest.tiny();
        ModelSpec.Vision vision = new ModelSpec.Vision("vit", 32, depth, 2, 128, 4, "map");
        return new ModelSpec(vision, new ModelSpec.Ps3(List.of(16, 32), select(tiny), true, true, false), tiny.text());
    }

    private static ModelSpec.Select select(ModelSpec tiny) {
        return new ModelSpec.Select(
                ModelSpec.Strategy.TOP_DOWN,
                List.of(0, 1),
                12,
                null,
                tiny.ps3().select().highresFeature());
    }

    private static Graph graph(ModelSpec model, PreTraining.Size size) {
        LossSpec loss = ParityModel.loss(true, true);
        return PreTraining.build(model, loss, size, OPTIM, true).graph();
    }

    private static List<Node> recomputed(Graph g) {
        return g.nodes().stream().filter(n -> n.pass() == Pass.RECOMPUTE).toList();
    }

    /// Planned bytes of a step with 8 pictures, without parameters and their state.
    private static long bytes(ModelSpec model, boolean recompute) {
        PreTraining.Size size = new PreTraining.Size(8, 32, 32);
        Graph g = PreTraining.build(model, ParityModel.loss(true, true), size, OPTIM, false)
                .graph();
        var report = Planned.of(recompute ? Recompute.layers(g) : g).report();
        return report.plannedBytes() - report.storeBytes();
    }

    /// @param tight whether memory is planned as in a run, or without overlapping and overwriting
    private static Map<String, double[]> twoSteps(ModelSpec model, Graph g, boolean tight) {
        Map<String, HostFunction> functions =
                model.selects() ? Ps3.hostFunctions(model, model.ps3().select().strategy(), 32, 32, 0) : Map.of();
        Map<String, double[]> found = new LinkedHashMap<>();
        Planned planned = Planned.of(g);
        MemoryPlan plan = tight ? planned.plan() : WholeArrays.plan(planned.program());
        try (CpuBackend backend = new CpuBackend(2);
                Store store = backend.store();
                Session s = backend.compile(planned.program(), plan, functions, store)) {
            WholeModelTest.fill(s, g, new SplittableRandom(11));
            for (int step = 0; step < 2; step++) {
                s.write(g.input("step"), step);
                s.run();
                for (String name : g.results().keySet()) {
                    found.put(step + " " + name, s.read(g.result(name)));
                }
            }
            for (Value p : g.parameters()) {
                found.put(p.name(), s.read(p));
            }
        }
        return found;
    }
}
