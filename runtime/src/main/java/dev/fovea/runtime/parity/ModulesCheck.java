package dev.fovea.runtime.parity;

import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.ir.AttentionOp;
import dev.fovea.runtime.ir.LinearOp;
import dev.fovea.runtime.ir.PointwiseOp.GeluKind;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.ir.Value;
import dev.fovea.runtime.model.Init;
import dev.fovea.runtime.model.Layers;
import dev.fovea.runtime.model.VisionTower;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The modules that towers are made of, each with the gradients of its input and of all its parameters.
final class ModulesCheck implements CaseCheck {
    private static final String POOL = "vision_model.trunk.attn_pool.";

    @Override
    public String kind() {
        return "modules";
    }

    @Override
    public boolean matches(GoldenCase c) {
        return c.call().contains("module(x)");
    }

    @Override
    public void run(GoldenCase c, Backend backend, Findings out) {
        for (String name : List.of("block", "block_kvcache")) {
            module(c, backend, out, name, "gx", ModulesCheck::block);
        }
        for (String name : List.of("pool", "pool_masked")) {
            module(c, backend, out, name, "gpool", ModulesCheck::pool);
        }
        module(c, backend, out, "mlp_norm", "gm", ModulesCheck::normedMlp);
        for (String name : List.of("mha", "mha_causal")) {
            module(c, backend, out, name, "gx", ModulesCheck::attention);
        }
        for (String name : List.of("convnext", "ln2d")) {
            if (out.wants(name)) {
                channelsLast(c, backend, out, name);
            }
        }
    }

    /// Builds the output of a module from its input x.
    private interface Module {
        Value build(ParityGraph g, GoldenCase c, String name, Value x);
    }

    private static void module(
            GoldenCase c, Backend backend, Findings out, String name, String upstream, Module module) {
        if (!out.wants(name)) {
            return;
        }
        ParityGraph g = new ParityGraph(c);
        Value x = g.in("x"), y = module.build(g, c, name, x);
        UnaryOperator<String> recorded = parameter -> parameter.replace(POOL, "pool.");
        List<Value> targets = new ArrayList<>(g.builder().parameters());
        targets.addFirst(x);
        List<Value> gradients = g.gradients(y, g.in(upstream, y.shape()), targets);
        List<Value> read = new ArrayList<>(gradients);
        read.add(y);
        Map<Value, double[]> found =
                g.run(backend, Map.of(), p -> c.input(recorded.apply(p)).data(), read);
        out.check(name, y, found);
        out.check("grad." + name + ".x", gradients.getFirst(), found);
        for (int i = 1; i < targets.size(); i++) {
            out.check(
                    "grad." + name + "." + recorded.apply(targets.get(i).name()), Findings.of(gradients.get(i), found));
        }
    }

    private static Value block(ParityGraph g, GoldenCase c, String name, Value x) {
        Layers.BlockShape shape = new Layers.BlockShape(
                x.shape().dim(2),
                c.params().get("heads").asInt(),
                c.params().get("mlp_hidden").asInt(),
                GeluKind.ERF,
                false);
        @Nullable Value cache = name.endsWith("kvcache") ? cache(g, c) : null;
        return new Layers(g.builder(), g.parameters())
                .block(x, "block.", Layers.BlockNames.VISION, shape, cache)
                .x();
    }

    /// kc (2,B,H,M,C) to packed rows (B,M,3*H*C), whose queries nobody reads
    private static Value cache(ParityGraph g, GoldenCase c) {
        Shape s = c.input("kc").dims();
        int batch = s.dim(1), heads = s.dim(2), n = s.dim(3), size = s.dim(4), width = heads * size;
        double[] kc = c.input("kc").data(), packed = new double[batch * n * 3 * width];
        for (int i = 0; i < kc.length; i++) {
            int e = i % size, t = i / size % n, h = i / (size * n) % heads, b = i / (size * n * heads) % batch;
            int part = i / (size * n * heads * batch);
            packed[(b * n + t) * 3 * width + (part + 1) * width + h * size + e] = kc[i];
        }
        return g.given("cache", Shape.of(batch, n, 3 * width), packed);
    }

    private static Value pool(ParityGraph g, GoldenCase c, String name, Value x) {
        int heads = c.params().get("heads").asInt(),
                hidden = c.params().get("mlp_hidden").asInt();
        ModelSpec.Vision vision = new ModelSpec.Vision("vit", x.shape().dim(2), 1, heads, hidden, 1, "map");
        ModelSpec.Select select = new ModelSpec.Select(ModelSpec.Strategy.BOTTOM_UP, List.of(0), 1, null, null);
        ModelSpec spec = new ModelSpec(
                vision,
                new ModelSpec.Ps3(List.of(1, 2), select, true, false, false),
                new ModelSpec.Text("transformer", 1, 1, 1, 1, 1, 4, "last", ModelSpec.Gelu.ERF, false));
        Value mask = name.endsWith("masked") ? g.in("mask") : null;
        return new VisionTower(g.builder(), g.parameters(), spec).pool(x, mask);
    }

    private static Value normedMlp(ParityGraph g, GoldenCase c, String name, Value x) {
        int hidden = c.input(name + ".fc1.weight").dims().dim(0);
        int outputs = c.input(name + ".fc2.weight").dims().dim(0);
        return new Layers(g.builder(), g.parameters())
                .normedMlp(x, name, x.shape().dim(2), hidden, outputs, outputs);
    }

    private static Value attention(ParityGraph g, GoldenCase c, String name, Value x) {
        int d = x.shape().dim(2);
        Init zero = new Init.Constant(0);
        Value qkv = g.builder()
                .add(new LinearOp.Linear(
                        x,
                        g.parameters().get("mha.in_proj_weight", zero, 3 * d, d),
                        g.parameters().get("mha.in_proj_bias", zero, 3 * d)));
        Value attended = g.builder()
                .add(new AttentionOp.SelfAttention(
                        qkv, null, c.params().get("heads").asInt(), name.endsWith("causal")));
        return new Layers(g.builder(), g.parameters()).linear(attended, "mha.out_proj", d, d);
    }

    /// Our maps are channels-last: (B,C,H,W) to (B,H*W,C) and back.
    private static void channelsLast(GoldenCase c, Backend backend, Findings out, String name) {
        ParityGraph g = new ParityGraph(c);
        Shape s = c.input("im").dims();
        int batch = s.dim(0), channels = s.dim(1), cells = s.dim(2) * s.dim(3);
        Shape last = Shape.of(batch, cells, channels);
        Value x = g.given("map", last, Layout.swapped(c.input("im").data(), batch, channels, cells));
        Layers layers = new Layers(g.builder(), g.parameters());
        Value y = name.equals("ln2d")
                ? layers.layerNorm(x, name, 1e-6)
                : layers.convNext(x, name + ".", channels, s.dim(2), s.dim(3));
        List<Value> targets = new ArrayList<>(g.builder().parameters());
        targets.addFirst(x);
        double[] upstream = Layout.swapped(c.input("gim").data(), batch, channels, cells);
        List<Value> gradients = g.gradients(y, g.given("dy", last, upstream), targets);
        List<Value> read = new ArrayList<>(gradients);
        read.add(y);
        Map<Value, double[]> found = g.run(backend, Map.of(), p -> c.input(p).data(), read);
        out.check(name, Layout.swapped(Findings.of(y, found), batch, cells, channels));
        double[] dx = Findings.of(gradients.getFirst(), found);
        out.check("grad." + name + ".im", Layout.swapped(dx, batch, cells, channels));
        for (int i = 1; i < targets.size(); i++) {
            out.check("grad." + name + "." + targets.get(i).name(), Findings.of(gradients.get(i), found));
        }
    }
}
