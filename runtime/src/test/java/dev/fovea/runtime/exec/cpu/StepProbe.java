package dev.fovea.runtime.exec.cpu;

import dev.fovea.dsl.spec.LossSpec;
import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.dsl.spec.OptimSpec;
import dev.fovea.dsl.spec.PrecisionSpec;
import dev.fovea.dsl.spec.RunSpec;
import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.ir.Graph;
import dev.fovea.runtime.ir.Node;
import dev.fovea.runtime.ir.Value;
import dev.fovea.runtime.model.Ps3;
import dev.fovea.runtime.plan.MemoryPlan;
import dev.fovea.runtime.plan.MemoryPlanner;
import dev.fovea.runtime.plan.Program;
import dev.fovea.runtime.plan.Segmenter;
import dev.fovea.runtime.train.PreTraining;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.NullUnmarked;

/// Prints where a whole training step spends its time, by kind of op: `StepProbe [threads] [small|large]
/// [java|onednn] [fp32|bf16]`. Small is the quickstart model at batch 32, large a ViT of width 192 with 2560 selected
/// patches at batch 1.
/// With one thread the time is CPU time, so that other processes disturb less; with more it is wall time.
@NullUnmarked
final class StepProbe {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private StepProbe() {}

    /// Time, calls and counted operations of one kind of op.
    private static final class Total {
        long nanoseconds;
        long flops;
        int calls;
    }

    public static void main(String[] arguments) {
        int threads = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 2;
        boolean large = arguments.length > 1 && arguments[1].equals("large");
        ModelSpec model = large ? large() : small();
        int side = model.ps3().scales().getLast();
        PreTraining.Size size = new PreTraining.Size(large ? 1 : 32, side, side);
        OptimSpec optim = new OptimSpec("adamw", 1e-3, List.of(0.9, 0.95), 1e-8, 0.1, 1);
        LossSpec loss = new LossSpec(
                new LossSpec.Contrast("siglip", 1, 10, -10),
                LossSpec.PoolTokens.INSIDE_BOX,
                LossSpec.SelectWith.GROUND_TRUTH,
                new LossSpec.Box(1, 1, "bce"));
        Graph graph = PreTraining.build(model, loss, size, optim, false).graph();
        Program program = Segmenter.split(graph);
        MemoryPlan plan = MemoryPlanner.plan(program);
        String provider = arguments.length > 2 ? arguments[2] : "java";
        String compute = arguments.length > 3 ? arguments[3] : "fp32";
        try (CpuBackend backend = new CpuBackend(
                        threads,
                        RunSpec.Gemm.valueOf(provider.toUpperCase(Locale.ROOT)),
                        new PrecisionSpec(compute).format());
                Store store = backend.store();
                CpuSession session = (CpuSession) backend.compile(
                        program, plan, Ps3.hostFunctions(model, ModelSpec.Strategy.TOP_DOWN, side, side, 0), store)) {
            fill(session, graph, size, model);
            System.out.printf(Locale.ROOT, "%s, plan %d MB%n", backend.describe(), plan.plannedBytes() >> 20);
            LongSupplier clock = threads == 1 ? THREADS::getCurrentThreadCpuTime : System::nanoTime;
            measure(session, clock, large ? 4 : 10);
        }
    }

    private static void fill(CpuSession s, Graph g, PreTraining.Size size, ModelSpec model) {
        SplittableRandom random = new SplittableRandom(5);
        for (Value p : g.parameters()) {
            double spread = p.name().startsWith("optim.") ? 0 : 0.1;
            double center = p.name().contains("norm") && p.name().endsWith("weight") ? 1 : 0;
            s.write(
                    p,
                    random.doubles(p.shape().elements())
                            .map(x -> center + spread * (x - 0.5))
                            .toArray());
        }
        Value pixels = g.input("pixels");
        s.write(pixels, random.doubles(pixels.shape().elements(), -1, 1).toArray());
        double[] boxes = new double[g.input("box_map").shape().elements()];
        int side = size.height();
        for (int i = 0; i < boxes.length; i++) {
            boxes[i] = i / side % side < side / 4 && i % side < side / 3 ? 1 : 0;
        }
        s.write(g.input("box_map"), boxes);
        Value tokens = g.input("tokens");
        s.write(
                tokens,
                random.ints(tokens.shape().elements(), 0, model.text().vocab())
                        .asDoubleStream()
                        .toArray());
        s.write(g.input("global"), new double[size.batch()]);
        s.write(g.input("one"), 1);
        s.write(g.input("rates"), 1e-4, 0.1, 0.05);
        s.write(g.input("step"), 0);
    }

    private static void measure(CpuSession session, LongSupplier clock, int steps) {
        Map<String, Total> totals = new TreeMap<>();
        long best = Long.MAX_VALUE;
        for (int i = 0; i < steps; i++) {
            if (i == 1) {
                print(totals, "first step");
            }
            totals.clear();
            long start = clock.getAsLong();
            session.run(clock, (node, time) -> add(totals, node, time));
            long time = clock.getAsLong() - start;
            best = Math.min(best, time);
            System.out.printf(Locale.ROOT, "step %d: %.1f ms%n", i, time * 1e-6);
        }
        print(totals, "last step");
        long flops = totals.values().stream().mapToLong(t -> t.flops).sum();
        System.out.printf(Locale.ROOT, "best %.1f ms, %.1f GFLOP/s%n", best * 1e-6, flops / (double) best);
    }

    private static void print(Map<String, Total> totals, String title) {
        System.out.println(title);
        totals.entrySet().stream()
                .sorted(Comparator.comparingLong(e -> -e.getValue().nanoseconds))
                .limit(24)
                .forEach(e -> System.out.printf(
                        Locale.ROOT,
                        "  %-30s %5d calls %9.2f ms %8.1f GFLOP/s%n",
                        e.getKey(),
                        e.getValue().calls,
                        e.getValue().nanoseconds * 1e-6,
                        e.getValue().flops / (double) e.getValue().nanoseconds));
    }

    private static void add(Map<String, Total> totals, Node node, long time) {
        Total total = totals.computeIfAbsent(node.op().name(), _ -> new Total());
        total.nanoseconds += time;
        total.flops += node.op().flops();
        total.calls++;
    }

    private static ModelSpec small() {
        return new ModelSpec(
                new ModelSpec.Vision("vit", 128, 4, 4, 384, 8, "map"),
                new ModelSpec.Ps3(
                        List.of(64, 128, 256),
                        new ModelSpec.Select(
                                ModelSpec.Strategy.TOP_DOWN,
                                List.of(1, 3),
                                160,
                                null,
                                new ModelSpec.HighresFeature(256, 48, 48, 2, 16, "mean")),
                        true,
                        true,
                        false),
                new ModelSpec.Text("transformer", 96, 2, 4, 384, 12, 512, "last", ModelSpec.Gelu.ERF, false));
    }

    private static ModelSpec large() {
        return new ModelSpec(
                new ModelSpec.Vision("vit", 192, 12, 3, 768, 14, "map"),
                new ModelSpec.Ps3(
                        List.of(378, 756, 1512),
                        new ModelSpec.Select(
                                ModelSpec.Strategy.TOP_DOWN,
                                List.of(0, 4, 8, 11),
                                2560,
                                null,
                                new ModelSpec.HighresFeature(1512, 512, 512, 3, 28, "mean")),
                        true,
                        true,
                        false),
                new ModelSpec.Text("transformer", 192, 12, 3, 768, 64, 32000, "last", ModelSpec.Gelu.ERF, false));
    }
}
