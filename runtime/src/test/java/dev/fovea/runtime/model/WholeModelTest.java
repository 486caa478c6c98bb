package dev.fovea.runtime.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.dsl.spec.LossSpec;
import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.dsl.spec.OptimSpec;
import dev.fovea.runtime.exec.HostFunction;
import dev.fovea.runtime.exec.ReferenceBackend;
import dev.fovea.runtime.exec.Session;
import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.ir.Graph;
import dev.fovea.runtime.ir.Value;
import dev.fovea.runtime.parity.ParityGraph;
import dev.fovea.runtime.parity.ParityModel;
import dev.fovea.runtime.plan.MemoryPlan;
import dev.fovea.runtime.plan.MemoryPlanner;
import dev.fovea.runtime.plan.Program;
import dev.fovea.runtime.plan.ProgramReport;
import dev.fovea.runtime.plan.Segmenter;
import dev.fovea.runtime.train.PreTraining;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The whole training step: every parameter's gradient along a random direction, and the parameters of the
/// released configurations.
@NullUnmarked
class WholeModelTest {
    private static final OptimSpec OPTIM = new OptimSpec("adamw", 1e-3, List.of(0.9, 0.95), 1e-8, 0.1, 0);

    static ModelSpec tiny() {
        return tiny(new ModelSpec.SelectedPatches());
    }

    static ModelSpec tiny(ModelSpec.Encoder encoder) {
        return new ModelSpec(
                new ModelSpec.Vision("vit", 8, 2, 2, 12, 4, "map"),
                new ModelSpec.Ps3(
                        List.of(8, 16, 32),
                        new ModelSpec.Select(
                                ModelSpec.Strategy.TOP_DOWN,
                                List.of(0, 1),
                                12,
                                null,
                                new ModelSpec.HighresFeature(16, 4, 5, 1, 4, "mean")),
                        true,
                        true,
                        false),
                new ModelSpec.Text("transformer", 8, 1, 2, 12, 5, 11, "last", ModelSpec.Gelu.TANH, false),
                encoder);
    }

    @ParameterizedTest
    @MethodSource("encoders")
    void gradientsOfEveryParameter(ModelSpec.Encoder encoder, String own, int most) {
        assertThat(checkedGradients(tiny(encoder), ParityModel.loss(true, true), 32, 32))
                .contains("vision_model.trunk.blocks.0.attn.qkv.weight", "logit_bias", own)
                .hasSizeGreaterThan(most);
    }

    /// Compares the gradient of every parameter with a difference quotient, in double: parameters are inputs of
    /// the graph through the session's memory.
    ///
    /// @return names of the parameters
    static List<String> checkedGradients(ModelSpec model, LossSpec loss, int height, int width) {
        PreTraining.Size size = new PreTraining.Size(3, height, width);
        PreTraining.Built built = PreTraining.build(model, loss, size, OPTIM, true);
        assertThat(built.untrained()).isEmpty();
        Map<String, HostFunction> functions = model.selects()
                ? Ps3.hostFunctions(model, model.ps3().select().strategy(), height, width, 0)
                : Map.of();
        try (ReferenceBackend backend = new ReferenceBackend();
                Store store = backend.store();
                Session s = ParityGraph.session(backend, built.graph(), functions, store)) {
            SplittableRandom random = new SplittableRandom(5);
            Graph g = built.graph();
            fill(s, g, random);
            s.compute();
            built.parameters().keySet().forEach(name -> checkAlongRandomDirection(s, g, name, random));
            return List.copyOf(built.parameters().keySet());
        }
    }

    static Stream<Arguments> encoders() {
        return Stream.of(
                Arguments.of(new ModelSpec.SelectedPatches(), "vision_model.prior_prompt", 60),
                Arguments.of(new ModelSpec.S2(ModelSpec.GridSize.LARGEST), "vision_model.s2_proj.weight", 50),
                Arguments.of(new ModelSpec.S2(ModelSpec.GridSize.SMALLEST), "vision_model.s2_proj.bias", 50),
                Arguments.of(
                        new ModelSpec.AnyRes(0, ModelSpec.TileRule.BEST_FIT, ModelSpec.Merge.SPATIAL_UNPAD),
                        "vision_model.image_newline",
                        50),
                Arguments.of(
                        new ModelSpec.AnyRes(5, ModelSpec.TileRule.NEAREST_ASPECT, ModelSpec.Merge.FLAT),
                        "vision_model.trunk.pos_embed",
                        50));
    }

    /// Numbers for every parameter and input of a batch of 3.
    static void fill(Session s, Graph g, SplittableRandom random) {
        for (Value p : g.parameters()) {
            double spread = p.name().startsWith("optim.") ? 0 : 0.4;
            double center = p.name().contains("norm") && p.name().endsWith("weight") ? 1 : 0;
            s.write(
                    p,
                    random.doubles(p.shape().elements())
                            .map(x -> center + spread * (x - 0.5))
                            .toArray());
        }
        s.write(
                g.input("pixels"),
                random.doubles(g.input("pixels").shape().elements(), -1, 1).toArray());
        for (Value map : g.inputs()) {
            if (map.name().endsWith("box_map")) {
                s.write(map, boxes(map.shape().dim(1), map.shape().dim(2)));
            }
        }
        s.write(g.input("tokens"), random.ints(15, 0, 11).asDoubleStream().toArray());
        s.write(g.input("global"), 0, 1, 0);
        s.write(g.input("one"), 1);
        s.write(g.input("rates"), 1e-3, 0.1, 0.05);
        s.write(g.input("step"), 0);
    }

    private static double[] boxes(int height, int width) {
        double[] boxes = new double[3 * height * width];
        for (int b = 0; b < 3; b++) {
            for (int y = 5 + b; y < Math.min(15, height); y++) {
                boxes[(b * height + y) * width + 9 + b] = 1;
            }
        }
        return boxes;
    }

    private static void checkAlongRandomDirection(Session s, Graph g, String name, SplittableRandom random) {
        Value p = g.parameter(name);
        double[] at = s.read(p), gradient = s.read(g.result("grad." + name));
        double[] direction = random.doubles(at.length, -1, 1).toArray();
        double exact = 0, size = 0, h = 1e-5;
        for (int i = 0; i < at.length; i++) {
            exact += gradient[i] * direction[i];
            size += Math.abs(gradient[i] * direction[i]);
        }
        double numeric = (loss(s, g, p, at, direction, h) - loss(s, g, p, at, direction, -h)) / (2 * h);
        s.write(p, at);
        s.compute();
        double allowed = 1e-7 + 1e-5 * size;
        assertThat(Math.abs(exact - numeric))
                .as("%s: gradient %s, difference %s", name, exact, numeric)
                .isLessThanOrEqualTo(allowed);
    }

    private static double loss(Session s, Graph g, Value p, double[] at, double[] direction, double h) {
        double[] moved = at.clone();
        for (int i = 0; i < at.length; i++) {
            moved[i] += h * direction[i];
        }
        s.write(p, moved);
        s.compute();
        return s.read(g.result("loss"))[0];
    }

    private static ModelSpec released(List<Integer> scales, int vocab) {
        return new ModelSpec(
                new ModelSpec.Vision("vit", 1152, 27, 16, 4304, 14, "map"),
                new ModelSpec.Ps3(
                        scales,
                        new ModelSpec.Select(
                                ModelSpec.Strategy.TOP_DOWN,
                                List.of(0, 9, 18, 26),
                                2560,
                                null,
                                new ModelSpec.HighresFeature(1512, 512, 512, 3, 28, "mean")),
                        true,
                        true,
                        false),
                new ModelSpec.Text("transformer", 1152, 27, 16, 4304, 64, vocab, "last", ModelSpec.Gelu.ERF, false));
    }

    /// The published parameter counts (ps3-spec 1.13), the two logit scalars apart.
    @Test
    void releasedConfigurationsHaveTheirParameters() {
        assertThat(parameters(List.of(378, 756, 1512), 32000)).isEqualTo(938_312_880L);
        assertThat(parameters(List.of(378, 756, 1512, 3780), 32000)).isEqualTo(1_028_193_584L);
        assertThat(parameters(List.of(378, 756, 1512), 256000)).isEqualTo(1_196_360_880L);
        assertThat(parameters(List.of(378, 756, 1512, 3780), 256000)).isEqualTo(1_286_241_584L);
    }

    private static long parameters(List<Integer> scales, int vocab) {
        int side = scales.getLast();
        PreTraining.Built built = PreTraining.build(
                released(scales, vocab),
                ParityModel.loss(true, true),
                new PreTraining.Size(1, side, side),
                OPTIM,
                false);
        Program program = Segmenter.split(built.graph());
        MemoryPlan plan = MemoryPlanner.plan(program);
        assertThat(ProgramReport.of(program, plan).flops()).isGreaterThan(1_000_000_000_000L);
        return built.parameters().entrySet().stream()
                .filter(e -> !e.getKey().startsWith("logit_"))
                .mapToLong(e -> e.getValue().value().shape().elements())
                .sum();
    }

    @Test
    void aLossOfWeightZeroLeavesItsParametersAlone() {
        LossSpec loss = new LossSpec(
                new LossSpec.Contrast("siglip", 1, 10, -10),
                LossSpec.PoolTokens.INSIDE_BOX,
                LossSpec.SelectWith.GROUND_TRUTH,
                new LossSpec.Box(0, 1, "bce"));
        PreTraining.Built built = PreTraining.build(tiny(), loss, new PreTraining.Size(2, 32, 32), OPTIM, false);
        assertThat(built.untrained()).containsExactly("vision_model.prior_prompt");
    }

    /// The bottom-up map's target is an input of its own: with the sampled boxes in it all losses are those of
    /// `sampled-box`, with other boxes only the bottom-up loss and the total move.
    @Test
    void theBottomUpMapMayHaveAnotherTarget() {
        LossSpec.Contrast contrast = new LossSpec.Contrast("siglip", 1, 10, -10);
        LossSpec sampled = new LossSpec(
                contrast,
                LossSpec.PoolTokens.INSIDE_BOX,
                LossSpec.SelectWith.GROUND_TRUTH,
                new LossSpec.Box(1, 1, "bce+dice"));
        LossSpec all = new LossSpec(
                contrast,
                LossSpec.PoolTokens.INSIDE_BOX,
                LossSpec.SelectWith.GROUND_TRUTH,
                new LossSpec.Box(1, 1, "bce+dice", LossSpec.PriorTarget.ALL_BOXES));
        Map<String, Double> expected = losses(sampled, false);
        assertThat(losses(all, false)).isEqualTo(expected);
        Map<String, Double> moved = losses(all, true);
        for (String same : List.of("contrastive_loss", "posterior_box_loss")) {
            assertThat(moved.get(same)).isEqualTo(expected.get(same));
        }
        assertThat(moved.get("prior_box_loss")).isNotEqualTo(expected.get("prior_box_loss"));
        double step = moved.get("prior_box_loss") - expected.get("prior_box_loss");
        assertThat(moved.get("loss") - expected.get("loss")).isCloseTo(step, within(1e-12));
    }

    private static Map<String, Double> losses(LossSpec loss, boolean otherBoxes) {
        PreTraining.Built built = PreTraining.build(tiny(), loss, new PreTraining.Size(3, 32, 32), OPTIM, false);
        Map<String, HostFunction> functions = Ps3.hostFunctions(tiny(), ModelSpec.Strategy.TOP_DOWN, 32, 32, 0);
        Graph g = built.graph();
        try (ReferenceBackend backend = new ReferenceBackend();
                Store store = backend.store();
                Session s = ParityGraph.session(backend, g, functions, store)) {
            fill(s, g, new SplittableRandom(5));
            if (loss.box().priorTarget() == LossSpec.PriorTarget.ALL_BOXES) {
                double[] boxes = s.read(g.input("box_map"));
                for (int i = 0; otherBoxes && i < 300; i++) {
                    boxes[i] = 1;
                }
                s.write(g.input("prior_box_map"), boxes);
            }
            s.compute();
            Map<String, Double> found = new TreeMap<>();
            for (String name : List.of("loss", "contrastive_loss", "prior_box_loss", "posterior_box_loss")) {
                found.put(name, s.read(g.result(name))[0]);
            }
            return found;
        }
    }
}
