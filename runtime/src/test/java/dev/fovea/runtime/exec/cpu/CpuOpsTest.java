package dev.fovea.runtime.exec.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.runtime.exec.Session;
import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.ir.Graph;
import dev.fovea.runtime.ir.GraphBuilder;
import dev.fovea.runtime.ir.Node;
import dev.fovea.runtime.ir.OpCase;
import dev.fovea.runtime.ir.OpCases;
import dev.fovea.runtime.ir.Value;
import dev.fovea.runtime.plan.MemoryPlan;
import dev.fovea.runtime.plan.MemoryPlanner;
import dev.fovea.runtime.plan.Program;
import dev.fovea.runtime.plan.Segmenter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every op of the table on the CPU backend against its own definition in double.
@org.jspecify.annotations.NullUnmarked
class CpuOpsTest {
    static List<OpCase> cases() {
        return OpCases.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void matchesTheDefinition(OpCase c) {
        Map<Value, double[]> expected = c.evaluate();
        Map<Value, double[]> actual = run(c, 2, 1);
        for (Node n : c.nodes()) {
            for (Value v : n.outputs()) {
                double[] e = expected.get(v);
                double[] a = actual.get(v);
                double scale = Math.max(1, Arrays.stream(e).map(Math::abs).max().orElse(0));
                for (int i = 0; i < e.length; i++) {
                    double allowed = 1e-6 * scale + 1e-5 * Math.abs(e[i]);
                    assertThat(Math.abs(e[i] - a[i]) <= allowed) // false for NaN
                            .as("%s: %s, element %s is %s, expected %s", c, v, i, a[i], e[i])
                            .isTrue();
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void givesTheSameBitsOnAnyNumberOfThreadsAndAgain(OpCase c) {
        Map<Value, double[]> once = run(c, 1, 1);
        for (int threads : new int[] {2, 3}) {
            Map<Value, double[]> again = run(c, threads, 2);
            once.forEach((v, data) -> assertThat(again.get(v))
                    .as("%s: %s on %s threads", c, v, threads)
                    .isEqualTo(data));
        }
    }

    /// Every output of the case, after `runs` runs in a session of its own.
    private static Map<Value, double[]> run(OpCase c, int threads, int runs) {
        GraphBuilder builder = c.builder();
        Graph bare = builder.build();
        LinkedHashMap<String, Value> results = new LinkedHashMap<>();
        List<Value> outputs = new ArrayList<>();
        c.nodes().forEach(n -> outputs.addAll(n.outputs()));
        outputs.forEach(v -> results.put("value" + v.id(), v));
        Graph graph = new Graph(bare.inputs(), bare.parameters(), c.nodes(), results, new LinkedHashMap<>());
        Program program = Segmenter.split(graph);
        MemoryPlan plan = MemoryPlanner.plan(program);
        Map<Value, double[]> all = new LinkedHashMap<>();
        try (CpuBackend backend = new CpuBackend(threads);
                Store store = backend.store();
                Session session = backend.compile(program, plan, Map.of(), store)) {
            c.data().forEach(session::write);
            for (int i = 0; i < runs; i++) {
                session.run();
            }
            outputs.forEach(v -> all.put(v, session.read(v)));
        }
        return all;
    }
}
