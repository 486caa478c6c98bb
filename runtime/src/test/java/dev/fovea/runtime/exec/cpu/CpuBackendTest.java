package dev.fovea.runtime.exec.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.runtime.exec.HostFunction;
import dev.fovea.runtime.exec.ReferenceBackend;
import dev.fovea.runtime.exec.Session;
import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.exec.cpu.kernel.Allocation;
import dev.fovea.runtime.ir.DType;
import dev.fovea.runtime.ir.Graph;
import dev.fovea.runtime.ir.GraphBuilder;
import dev.fovea.runtime.ir.HostCall;
import dev.fovea.runtime.ir.LinearOp;
import dev.fovea.runtime.ir.NormOp;
import dev.fovea.runtime.ir.PointwiseOp;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.ir.TokenOp;
import dev.fovea.runtime.ir.UpdateOp;
import dev.fovea.runtime.ir.Value;
import dev.fovea.runtime.plan.MemoryPlan;
import dev.fovea.runtime.plan.MemoryPlanner;
import dev.fovea.runtime.plan.Program;
import dev.fovea.runtime.plan.Segmenter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// A small program with a choice by the host, a parameter and its update, on the CPU backend.
class CpuBackendTest {
    /// x (2,3), w (2,3): y = x wT; the host picks a row of y by its largest first element; the row, scaled;
    /// AdamW of w with the gradient 1.
    private static final class Example {
        final GraphBuilder b = new GraphBuilder();
        final Value x = b.input("x", DType.F32, Shape.of(2, 3));
        final Value gradient = b.input("gradient", DType.F32, Shape.of(2, 3));
        final Value rates = b.input("rates", DType.F32, Shape.of(3));
        final Value w = b.parameter("w", Shape.of(2, 3));
        final Value first = b.parameter("w.first", Shape.of(2, 3));
        final Value second = b.parameter("w.second", Shape.of(2, 3));
        final Value y = b.add(new LinearOp.Linear(x, w, null));
        final Value chosen =
                b.add(new HostCall("pick", List.of(y), List.of(new HostCall.Output(DType.I32, Shape.of(1, 1)))));
        final Value row = b.add(new PointwiseOp.Scale(b.add(new TokenOp.Gather(y, chosen)), 10));
        final Graph graph;
        final Program program;
        final MemoryPlan plan;

        Example() {
            UpdateOp.Hyper hyper = new UpdateOp.Hyper(0.9, 0.99, 1e-8, 0, -100, 100);
            List<Value> next = b.addAll(new UpdateOp.AdamW(w, first, second, gradient, rates, null, hyper));
            b.update(w, next.get(0));
            b.update(first, next.get(1));
            b.update(second, next.get(2));
            b.result("row", row);
            b.result("chosen", chosen);
            graph = b.build();
            program = Segmenter.split(graph);
            plan = MemoryPlanner.plan(program);
        }

        static final HostFunction PICK = (in, out) ->
                out.getFirst().set(0, in.getFirst().get(0) > in.getFirst().get(2) ? 0 : 1);

        Session session(CpuBackend backend, Store store) {
            Session session = backend.compile(program, plan, Map.of("pick", PICK), store);
            session.write(x, 1, 2, 3, 4, 5, 6);
            session.write(gradient, 1, 1, 1, 1, 1, 1);
            session.write(rates, 0.5, 0.1, 0.01);
            return session;
        }
    }

    private static void fill(Store store, String name, double... values) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment floats = arena.allocate(4L * values.length);
            for (int i = 0; i < values.length; i++) {
                floats.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) values[i]);
            }
            store.write(name, floats);
        }
    }

    @Test
    void runsAProgramWithAHostCallAndUpdatesItsParameterInPlace() {
        Example e = new Example();
        try (CpuBackend backend = new CpuBackend(2);
                Store store = backend.store();
                Session session = e.session(backend, store)) {
            assertThat(store.names()).containsExactly("w", "w.first", "w.second");
            assertThat(store.elements("w")).isEqualTo(6);
            fill(store, "w", 1, 0, 0, 0, 1, 0);
            session.compute();
            assertThat(session.read(e.chosen)).containsExactly(1);
            assertThat(session.read(e.row)).containsExactly(40, 50);
            assertThat(session.read(e.w)).containsExactly(1, 0, 0, 0, 1, 0);
            session.update();
            // with these rates the step is 0.5 * 1 / 1
            double[] w = session.read(e.w);
            assertThat(w[0]).isCloseTo(0.5, org.assertj.core.data.Offset.offset(1e-6));
            assertThat(w[1]).isCloseTo(-0.5, org.assertj.core.data.Offset.offset(1e-6));
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment floats = arena.allocate(24);
                store.read("w", floats);
                assertThat((double) floats.getAtIndex(ValueLayout.JAVA_FLOAT, 0))
                        .isEqualTo(w[0]);
            }
        }
    }

    @Test
    void sessionsOfOneStoreShareParameters() {
        Example e = new Example();
        try (CpuBackend backend = new CpuBackend(1);
                Store store = backend.store();
                Session training = e.session(backend, store);
                Session evaluation = e.session(backend, store)) {
            fill(store, "w", 1, 0, 0, 0, 1, 0);
            training.run();
            evaluation.compute();
            assertThat(evaluation.read(e.w)).isEqualTo(training.read(e.w));
            assertThat(evaluation.read(e.row)).isNotEqualTo(training.read(e.row));
        }
    }

    @Test
    void aStepAllocatesNothingButWhatTheHostFunctionDoes() {
        Example e = new Example();
        try (CpuBackend backend = new CpuBackend(2);
                Store store = backend.store();
                Session session = e.session(backend, store)) {
            Allocation.assertNone("a step", session::run);
        }
    }

    @Test
    void namesTheFirstOpWhoseResultIsNotFinite() {
        GraphBuilder b = new GraphBuilder();
        Value x = b.input("x", DType.F32, Shape.of(2, 3));
        Value scaled = b.add(new PointwiseOp.Scale(x, 1e30));
        Value large = b.add(new PointwiseOp.Scale(scaled, 1e30));
        b.result("unit", b.add(new NormOp.Normalize(large, 1e-12)));
        Program program = Segmenter.split(b.build());
        try (CpuBackend backend = new CpuBackend(1);
                Store store = backend.store();
                Session session = backend.compile(program, MemoryPlanner.plan(program), Map.of(), store)) {
            session.write(x, 1, 2, 3, 4, 5, 6);
            assertThat(session.findNonFinite()).startsWith("Scale[" + scaled + "]");
            session.write(x, 0, 0, 0, 0, 0, 0);
            assertThat(session.findNonFinite()).isEmpty();
        }
    }

    @Test
    void saysWhatIsWrong() {
        Example e = new Example();
        try (CpuBackend backend = new CpuBackend(1);
                Store store = backend.store();
                Store foreign = new ReferenceBackend().store()) {
            assertThatThrownBy(() -> backend.compile(e.program, e.plan, Map.of(), store))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no body for HostCall:pick");
            assertThatThrownBy(() -> backend.compile(e.program, e.plan, Map.of("pick", Example.PICK), foreign))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("needs a store of its own");
            assertThatThrownBy(() -> store.read("v", MemorySegment.NULL)).hasMessage("no parameter v in the store");
            try (Session session = e.session(backend, store)) {
                assertThatThrownBy(() -> session.write(e.x, 1, 2)).hasMessageContaining("6 elements, given 2");
            }
        }
        assertThatThrownBy(() -> new CpuBackend(0)).hasMessageContaining("count 0");
    }

    @Test
    void refusesAParameterOfAnotherSize() {
        GraphBuilder b = new GraphBuilder();
        b.result("y", b.add(new PointwiseOp.Scale(b.parameter("w", Shape.of(5)), 2)));
        Program other = Segmenter.split(b.build());
        Example e = new Example();
        try (CpuBackend backend = new CpuBackend(1);
                Store store = backend.store();
                Session _ = e.session(backend, store)) {
            assertThatThrownBy(() -> backend.compile(other, MemoryPlanner.plan(other), Map.of(), store))
                    .hasMessageContaining("holds w with 6 elements")
                    .hasMessageContaining("[5]");
        }
    }

    @Test
    void describesItself() {
        try (CpuBackend backend = new CpuBackend(2)) {
            assertThat(backend.name()).isEqualTo("cpu");
            assertThat(backend.describe()).matches("cpu \\(float32, \\d+-bit vectors, gemm java, 2 threads\\)");
        }
    }
}
