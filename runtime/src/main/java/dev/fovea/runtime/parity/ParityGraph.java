package dev.fovea.runtime.parity;

import dev.fovea.runtime.autodiff.Autodiff;
import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.exec.HostFunction;
import dev.fovea.runtime.exec.Session;
import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.ir.DType;
import dev.fovea.runtime.ir.Graph;
import dev.fovea.runtime.ir.GraphBuilder;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.ir.Value;
import dev.fovea.runtime.model.Parameters;
import dev.fovea.runtime.plan.MemoryPlan;
import dev.fovea.runtime.plan.MemoryPlanner;
import dev.fovea.runtime.plan.PlanVerifier;
import dev.fovea.runtime.plan.Program;
import dev.fovea.runtime.plan.Segmenter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/// A small graph over the inputs of a recorded case: build with [#builder], then [#run] once.
public final class ParityGraph {
    private final GoldenCase golden;
    private final GraphBuilder builder = new GraphBuilder();
    private final Parameters parameters = new Parameters(builder);
    private final Map<Value, double[]> data = new LinkedHashMap<>();
    private final Map<String, Value> byName = new LinkedHashMap<>();

    /// An empty graph.
    public ParityGraph(GoldenCase golden) {
        this.golden = golden;
    }

    /// Where nodes are appended.
    public GraphBuilder builder() {
        return builder;
    }

    /// The parameters of the graph, which are loaded when it runs.
    public Parameters parameters() {
        return parameters;
    }

    /// A recorded input in its own shape, F32.
    public Value in(String name) {
        return in(name, golden.input(name).dims());
    }

    /// A recorded input in another shape of as many elements, F32; the same value when asked for again.
    public Value in(String name, Shape shape) {
        return reused(name, shape, () -> given(name, shape, golden.input(name).data()));
    }

    /// A recorded input of whole numbers, I32.
    public Value indices(String name) {
        GoldenCase.Values values = golden.input(name);
        Value v = builder.input(name, DType.I32, values.dims());
        data.put(v, values.data());
        return v;
    }

    /// An input of whole numbers of the check's own, I32.
    public Value whole(String name, Shape shape, double... values) {
        Value v = builder.input(name, DType.I32, shape);
        data.put(v, values);
        return v;
    }

    /// An input with values of the check's own, F32.
    public Value given(String name, Shape shape, double... values) {
        if (shape.elements() != values.length) {
            throw new GoldenException(
                    golden.name() + ": " + name + " has " + values.length + " elements, the model wants " + shape);
        }
        Value v = builder.input(name, DType.F32, shape);
        data.put(v, values);
        return v;
    }

    private Value reused(String name, Shape shape, Supplier<Value> make) {
        Value known = byName.computeIfAbsent(name, _ -> make.get());
        if (!known.shape().equals(shape)) {
            throw new GoldenException(
                    golden.name() + ": " + name + " is read as " + known.shape() + " and as " + shape);
        }
        return known;
    }

    /// Gradients of y, whose own gradient is `dy`, with respect to `targets`.
    ///
    /// @throws GoldenException if y does not depend on one of them
    public List<Value> gradients(Value y, Value dy, List<Value> targets) {
        Map<Value, Value> found = Autodiff.gradients(builder, y, dy, targets);
        List<Value> gradients = new ArrayList<>();
        for (Value t : targets) {
            Value gradient = found.get(t);
            if (gradient == null) {
                throw new GoldenException(golden.name() + ": no gradient of " + t);
            }
            gradients.add(gradient);
        }
        return gradients;
    }

    /// Runs with the weights of the case's model and without host calls.
    public Map<Value, double[]> run(Backend backend, Collection<Value> read) {
        return run(backend, Map.of(), weights(golden), read);
    }

    /// Runs once.
    ///
    /// @param functions bodies of host calls
    /// @param weights elements of a parameter by its name
    /// @param read what is wanted
    /// @return the elements of each wanted value
    public Map<Value, double[]> run(
            Backend backend,
            Map<String, HostFunction> functions,
            Function<String, double[]> weights,
            Collection<Value> read) {
        read.stream().distinct().forEach(v -> builder.result("result" + v.id(), v));
        try (Store store = backend.store();
                Session session = session(backend, builder.build(), functions, store)) {
            load(store, weights);
            data.forEach(session::write);
            session.run();
            Map<Value, double[]> results = new LinkedHashMap<>();
            for (Value v : read) {
                results.put(v, session.read(v));
            }
            return results;
        }
    }

    /// A planned, verified and compiled graph.
    public static Session session(Backend backend, Graph graph, Map<String, HostFunction> functions, Store store) {
        Program program = Segmenter.split(graph);
        MemoryPlan plan = MemoryPlanner.plan(program);
        PlanVerifier.verify(program, plan);
        return backend.compile(program, plan, functions, store);
    }

    /// The weights of a case's model by name, read once.
    static Function<String, double[]> weights(GoldenCase golden) {
        Map<String, GoldenCase.Values> all = golden.hasModel() ? golden.weights() : Map.of();
        return name -> Objects.requireNonNull(
                        all.get(name), () -> golden.name() + ": the model's weights have no " + name)
                .data();
    }

    /// Fills a store that a session has filled with names; optimizer state stays zero.
    static void load(Store store, Function<String, double[]> weights) {
        load(store, store.names(), weights);
    }

    /// Fills the named tensors of a store.
    static void load(Store store, Set<String> names, Function<String, double[]> weights) {
        try (Arena arena = Arena.ofConfined()) {
            for (String name : names) {
                if (!name.startsWith("optim.")) {
                    double[] values = weights.apply(name);
                    if (values.length != store.elements(name)) {
                        throw new GoldenException("parameter " + name + " has " + values.length
                                + " recorded elements, the model wants " + store.elements(name));
                    }
                    MemorySegment floats = arena.allocate(4L * values.length, 64);
                    for (int i = 0; i < values.length; i++) {
                        floats.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) values[i]);
                    }
                    store.write(name, floats);
                }
            }
        }
    }

    /// A tensor of a store.
    static double[] read(Store store, String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment floats = arena.allocate(4L * store.elements(name), 64);
            store.read(name, floats);
            double[] values = new double[store.elements(name)];
            Arrays.setAll(values, i -> floats.getAtIndex(ValueLayout.JAVA_FLOAT, i));
            return values;
        }
    }
}
