package dev.fovea.runtime.model;

import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.runtime.exec.TestedBackend;
import dev.fovea.runtime.golden.GoldenCase;
import dev.fovea.runtime.ir.AttentionOp;
import dev.fovea.runtime.ir.Functions;
import dev.fovea.runtime.ir.ImageOp;
import dev.fovea.runtime.ir.LinearOp;
import dev.fovea.runtime.ir.LossOp;
import dev.fovea.runtime.ir.PointwiseOp.GeluKind;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.ir.UpdateOp;
import dev.fovea.runtime.ir.Value;
import dev.fovea.runtime.train.Schedule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// The recorded modules, losses and optimizer (08_modules, 08_siglip, 08_adamw, 06_loss) with their gradients.
@NullUnmarked
class ModuleGoldenTest {
    private static final GoldenCase MODULES = GoldenCase.named("08_modules");
    private static final Layers.BlockShape BLOCK = new Layers.BlockShape(24, 3, 89, GeluKind.ERF, false);

    /// Checks y and the gradients of x and of all parameters.
    private static void check(
            TestedBackend kind,
            GoldenGraph g,
            String name,
            Value y,
            String dy,
            Value x,
            String xName,
            UnaryOperator<String> rename) {
        List<Value> targets = new ArrayList<>(g.b.parameters());
        targets.addFirst(x);
        List<Value> gradients = g.gradients(y, g.in(dy, y.shape()), targets);
        List<Value> read = new ArrayList<>(gradients);
        read.add(y);
        g.run(kind, rename, read, (c, reader) -> {
            c.check(name, reader.apply(y));
            c.check("grad." + name + "." + xName, reader.apply(gradients.getFirst()));
            for (int i = 1; i < targets.size(); i++) {
                String parameter = rename.apply(targets.get(i).name());
                c.check("grad." + name + "." + parameter, reader.apply(gradients.get(i)));
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void block(TestedBackend kind) {
        GoldenGraph g = new GoldenGraph(MODULES);
        Value x = g.in("x"),
                y =
                        g.layers
                                .block(x, "block.", Layers.BlockNames.VISION, BLOCK, null)
                                .x();
        check(kind, g, "block", y, "gx", x, "x", n -> n);
    }

    @ParameterizedTest
    @EnumSource
    void blockWithCache(TestedBackend kind) {
        GoldenGraph g = new GoldenGraph(MODULES);
        double[] kc = g.c.input("kc").data(), packed = new double[2 * 4 * 72];
        for (int i = 0; i < kc.length; i++) {
            int part = i / 192, b = i / 96 % 2, h = i / 32 % 3, t = i / 8 % 4, e = i % 8;
            packed[(b * 4 + t) * 72 + (part + 1) * 24 + h * 8 + e] = kc[i];
        }
        Value cache = g.given("cache", Shape.of(2, 4, 72), packed), x = g.in("x");
        Value y = g.layers
                .block(x, "block.", Layers.BlockNames.VISION, BLOCK, cache)
                .x();
        check(kind, g, "block_kvcache", y, "gx", x, "x", n -> n);
    }

    @ParameterizedTest
    @EnumSource
    void pooling(TestedBackend kind) {
        for (boolean masked : new boolean[] {false, true}) {
            GoldenGraph g = new GoldenGraph(MODULES);
            ModelSpec spec = new ModelSpec(
                    new ModelSpec.Vision("vit", 24, 1, 3, 89, 1, "map", ModelSpec.Positions.RESAMPLE, 0, true, null),
                    null,
                    null);
            Value x = g.in("x"), mask = masked ? g.in("mask") : null;
            Value y = new VisionTower(g.b, g.parameters, spec).pool(x, mask);
            check(
                    kind,
                    g,
                    masked ? "pool_masked" : "pool",
                    y,
                    "gpool",
                    x,
                    "x",
                    n -> n.replace("vision_model.trunk.attn_pool.", "pool."));
        }
    }

    @ParameterizedTest
    @EnumSource
    void normedMlp(TestedBackend kind) {
        GoldenGraph g = new GoldenGraph(MODULES);
        Value x = g.in("x"), y = g.layers.normedMlp(x, "mlp_norm", 24, 48, 28, 28);
        check(kind, g, "mlp_norm", y, "gm", x, "x", n -> n);
    }

    @ParameterizedTest
    @EnumSource
    void textAttention(TestedBackend kind) {
        for (boolean causal : new boolean[] {false, true}) {
            GoldenGraph g = new GoldenGraph(MODULES);
            Value x = g.in("x");
            Init zero = new Init.Constant(0);
            Value qkv = g.b.add(new LinearOp.Linear(
                    x,
                    g.parameters.get("mha.in_proj_weight", zero, 72, 24),
                    g.parameters.get("mha.in_proj_bias", zero, 72)));
            Value y = g.layers.linear(
                    g.b.add(new AttentionOp.SelfAttention(qkv, null, 3, causal)), "mha.out_proj", 24, 24);
            check(kind, g, causal ? "mha_causal" : "mha", y, "gx", x, "x", n -> n);
        }
    }

    /// Our maps are channels-last: (B,C,9,8) to (B,72,C) and back.
    @ParameterizedTest
    @EnumSource
    void channelsLast(TestedBackend kind) {
        for (String name : List.of("convnext", "ln2d")) {
            GoldenGraph g = new GoldenGraph(MODULES);
            Value x = g.given("map", Shape.of(2, 72, 10), last(g.c.input("im").data()));
            Value y = name.equals("ln2d")
                    ? g.layers.layerNorm(x, "ln2d", 1e-6)
                    : g.layers.convNext(x, "convnext.", 10, 9, 8);
            List<Value> targets = new ArrayList<>(g.b.parameters());
            targets.addFirst(x);
            Value dy = g.given("dy", y.shape(), last(g.c.input("gim").data()));
            List<Value> gradients = g.gradients(y, dy, targets);
            List<Value> read = new ArrayList<>(gradients);
            read.add(y);
            g.run(kind, n -> n, read, (c, reader) -> {
                c.check(name, first(reader.apply(y)));
                c.check("grad." + name + ".im", first(reader.apply(gradients.getFirst())));
                for (int i = 1; i < targets.size(); i++) {
                    c.check("grad." + name + "." + targets.get(i).name(), reader.apply(gradients.get(i)));
                }
            });
        }
    }

    private static double[] last(double[] x) {
        return IntStream.range(0, x.length)
                .mapToDouble(i -> x[(i / 720 * 10 + i % 10) * 72 + i / 10 % 72])
                .toArray();
    }

    private static double[] first(double[] x) {
        return IntStream.range(0, x.length)
                .mapToDouble(i -> x[(i / 720 * 72 + i % 72) * 10 + i / 72 % 10])
                .toArray();
    }

    static Stream<Arguments> losses() {
        return Stream.concat(GoldenCase.all("06_loss").stream(), Stream.of(GoldenCase.named("08_siglip")))
                .flatMap(c -> TestedBackend.all().map(b -> Arguments.of(c, b)));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void contrastive(GoldenCase c, TestedBackend kind) {
        GoldenGraph g = new GoldenGraph(c);
        double scale = c.input("logit_scale").data()[0];
        Value images = g.in("image_features"), texts = g.in("text_features"), bias = g.in("logit_bias");
        Value logScale = g.given("log_scale", Shape.of(), new double[] {Math.log(scale)});
        Value loss = g.b.add(new LossOp.SigmoidPairLoss(images, texts, logScale, bias));
        Value one = g.given("one", Shape.of(), new double[] {1});
        List<Value> d = g.gradients(loss, one, List.of(images, texts, logScale, bias));
        List<Value> read = new ArrayList<>(d);
        read.add(loss);
        g.run(kind, n -> n, read, (_, reader) -> {
            c.check(c.outputs().contains("contrastive_loss") ? "contrastive_loss" : "loss", reader.apply(loss));
            c.check("grad.image_features", reader.apply(d.get(0)));
            c.check("grad.text_features", reader.apply(d.get(1)));
            c.check("grad.logit_scale", new double[] {reader.apply(d.get(2))[0] / scale});
            c.check("grad.logit_bias", reader.apply(d.get(3)));
        });
        if (c.outputs().contains("loss_negative_only")) {
            double[] logits = c.output("logits").data();
            double sum = Arrays.stream(logits).map(Functions::softplus).sum();
            c.check("loss_negative_only", new double[] {sum / Math.sqrt(logits.length)});
        }
    }

    static Stream<Arguments> boxLosses() {
        return GoldenCase.all("06_loss").stream()
                .filter(c -> c.hasInput("gt_selection_maps"))
                .flatMap(c -> TestedBackend.all().map(b -> Arguments.of(c, b)));
    }

    @ParameterizedTest
    @MethodSource("boxLosses")
    void boxSupervision(GoldenCase c, TestedBackend kind) {
        for (String map : List.of("prior", "posterior")) {
            double weight = c.config()
                    .get("params")
                    .get(map + "_box_supervision_loss_weight")
                    .asDouble();
            GoldenGraph g = new GoldenGraph(c);
            Value boxes = g.in("gt_selection_maps"), global = g.in("is_global_text");
            List<Value> terms = new ArrayList<>(), maps = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                Shape s = Ps3GoldenTest.shape(c.input(map + "_selection_probs." + i));
                maps.add(g.in(map + "_selection_probs." + i, Shape.of(s.dim(0), s.dim(1) * s.dim(2))));
                Value coverage = g.b.add(new ImageOp.AreaResize(boxes, s.dim(1), s.dim(2)));
                terms.add(g.b.add(new LossOp.BoxCrossEntropy(maps.get(i), coverage, global)));
            }
            Value loss = g.b.add(new LossOp.WeightedSum(terms, List.of(weight / 2, weight / 2)));
            List<Value> d = g.gradients(loss, g.given("one", Shape.of(), new double[] {1}), maps);
            g.run(kind, n -> n, List.of(loss, d.get(0), d.get(1)), (_, read) -> {
                c.check(map + "_box_supervision_loss", read.apply(loss));
                c.check("grad." + map + "_selection_probs.0", read.apply(d.get(0)));
                c.check("grad." + map + "_selection_probs.1", read.apply(d.get(1)));
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void adamW(TestedBackend kind) {
        GoldenCase c = GoldenCase.named("08_adamw");
        int cfg = 0;
        for (JsonNode p : c.config().get("params").get("cfgs")) {
            for (String name : List.of("w", "b")) {
                adamW(kind, c, cfg, p, name);
            }
            cfg++;
        }
        Schedule script = new Schedule(5e-6, 1500, 292968, true);
        c.check(
                "script_lr.values",
                Arrays.stream(c.output("script_lr.steps").data())
                        .map(s -> script.rate((long) s))
                        .toArray());
    }

    private static void adamW(TestedBackend kind, GoldenCase c, int cfg, JsonNode p, String name) {
        Schedule schedule = new Schedule(
                p.get("lr").asDouble(), p.get("warmup").asLong(), p.get("total").asLong(), true);
        double beta1 = p.get("beta1").asDouble(), beta2 = p.get("beta2").asDouble();
        double decay = name.equals("w") ? p.get("wd").asDouble() : 0;
        UpdateOp.Hyper hyper = new UpdateOp.Hyper(
                beta1, beta2, p.get("eps").asDouble(), decay, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
        GoldenGraph g = new GoldenGraph(c);
        Shape shape = Ps3GoldenTest.shape(c.input("p0." + name));
        Value state = g.in("p0." + name), m = g.given("m", shape, new double[shape.elements()]);
        Value v = g.given("v", shape, new double[shape.elements()]);
        List<Value> read = new ArrayList<>(), rates = new ArrayList<>();
        double[] expectedRates = new double[5];
        for (int step = 0; step < 5; step++) {
            expectedRates[step] = schedule.rate(step);
            double[] r = {expectedRates[step], 1 - Math.pow(beta1, step + 1), 1 - Math.pow(beta2, step + 1)};
            rates.add(g.given("rates" + step, Shape.of(3), r));
            List<Value> next = g.b.addAll(
                    new UpdateOp.AdamW(state, m, v, g.in("grad" + step + "." + name), rates.get(step), null, hyper));
            state = next.get(0);
            m = next.get(1);
            v = next.get(2);
            read.add(state);
        }
        Value lastM = m, lastV = v;
        read.addAll(List.of(m, v));
        c.check("cfg" + cfg + ".lr", expectedRates);
        g.run(kind, n -> n, read, (_, reader) -> {
            for (int step = 0; step < 5; step++) {
                c.check("cfg" + cfg + ".step" + step + "." + name, reader.apply(read.get(step)));
            }
            if (name.equals("w")) {
                c.check("cfg" + cfg + ".exp_avg.w", reader.apply(lastM));
                c.check("cfg" + cfg + ".exp_avg_sq.w", reader.apply(lastV));
            }
        });
    }
}
