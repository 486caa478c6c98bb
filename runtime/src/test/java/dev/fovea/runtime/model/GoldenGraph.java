package dev.fovea.runtime.model;

import dev.fovea.runtime.autodiff.Autodiff;
import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.exec.Session;
import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.exec.TestedBackend;
import dev.fovea.runtime.golden.GoldenCase;
import dev.fovea.runtime.ir.DType;
import dev.fovea.runtime.ir.GraphBuilder;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.ir.Value;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.NullUnmarked;

/// A small graph over the inputs of a recorded case, run on one backend.
@NullUnmarked
final class GoldenGraph {
    final GoldenCase c;
    final GraphBuilder b = new GraphBuilder();
    final Parameters parameters = new Parameters(b);
    final Layers layers = new Layers(b, parameters);
    private final Map<Value, double[]> data = new LinkedHashMap<>();

    GoldenGraph(GoldenCase c) {
        this.c = c;
    }

    /// A recorded input in its own shape.
    Value in(String name) {
        return in(name, Ps3GoldenTest.shape(c.input(name)));
    }

    /// A recorded input in another shape of as many elements.
    Value in(String name, Shape shape) {
        return given(name, shape, c.input(name).data());
    }

    /// An input of the test's own.
    Value given(String name, Shape shape, double[] values) {
        Value v = b.input(name, DType.F32, shape);
        data.put(v, values);
        return v;
    }

    /// Gradients of y, whose own gradient is `dy`, with respect to `targets`; all become results.
    List<Value> gradients(Value y, Value dy, List<Value> targets) {
        Map<Value, Value> found = Autodiff.gradients(b, y, dy, targets);
        return targets.stream().map(found::get).toList();
    }

    /// Runs with parameters loaded from the inputs that `rename` gives, then hands a reader to `check`.
    void run(
            TestedBackend kind,
            UnaryOperator<String> rename,
            List<Value> read,
            BiConsumer<GoldenCase, Function<Value, double[]>> check) {
        read.stream().distinct().forEach(v -> b.result("r" + v.id(), v));
        try (Backend backend = kind.open();
                Store store = backend.store();
                Session s = GoldenModel.session(backend, b.build(), Map.of(), store);
                Arena arena = Arena.ofConfined()) {
            for (String name : store.names()) {
                store.write(
                        name,
                        arena.allocateFrom(
                                ValueLayout.JAVA_FLOAT,
                                c.input(rename.apply(name)).floats()));
            }
            data.forEach(s::write);
            s.run();
            check.accept(c, s::read);
        }
    }
}
