package dev.fovea.runtime.exec.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.runtime.exec.Session;
import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.ir.Graph;
import dev.fovea.runtime.ir.HostCall;
import dev.fovea.runtime.ir.Node;
import dev.fovea.runtime.ir.OpCase;
import dev.fovea.runtime.ir.OpCases;
import dev.fovea.runtime.ir.UpdateOp;
import dev.fovea.runtime.ir.Value;
import dev.fovea.runtime.plan.MemoryPlan;
import dev.fovea.runtime.plan.MemoryPlan.Region;
import dev.fovea.runtime.plan.MemoryPlanner;
import dev.fovea.runtime.plan.Program;
import dev.fovea.runtime.plan.Segmenter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/// Ops that say that an output may take over an input's memory: their kernels give the same bits when it does.
@NullUnmarked
class InPlaceTest {
    @Test
    void overwritingAnInputChangesNothing() {
        int tried = 0;
        for (OpCase c : OpCases.all()) {
            Map<Value, double[]> data = c.evaluate();
            for (Node n : c.nodes()) {
                if (n.op() instanceof HostCall || n.op() instanceof UpdateOp) {
                    continue;
                }
                for (int j = 0; j < n.outputs().size(); j++) {
                    for (int i = 0; i < n.op().inputs().size(); i++) {
                        tried += n.op().overwrites(j, i) && sameSize(n, j, i) ? check(c, n, j, i, data) : 0;
                    }
                }
            }
        }
        assertThat(tried).as("pairs of output and input").isGreaterThan(8);
    }

    private static boolean sameSize(Node n, int j, int i) {
        return n.outputs().get(j).shape().elements()
                == n.op().inputs().get(i).shape().elements();
    }

    private static int check(OpCase c, Node n, int j, int i, Map<Value, double[]> data) {
        SequencedMap<String, Value> results = new LinkedHashMap<>();
        n.outputs().forEach(v -> results.put("value" + v.id(), v));
        List<Value> inputs = List.copyOf(new LinkedHashSet<>(n.op().inputs()));
        Graph graph = new Graph(inputs, List.of(), List.of(n), results, new LinkedHashMap<>());
        Program program = Segmenter.split(graph);
        MemoryPlan apart = MemoryPlanner.plan(program);
        Map<Value, Integer> slotOf = new HashMap<>(apart.slotOf());
        slotOf.put(n.outputs().get(j), apart.number(n.op().inputs().get(i)));
        List<double[]> expected = run(program, apart, data),
                actual = run(program, new MemoryPlan(slotOf, apart.slots()), data);
        for (int o = 0; o < expected.size(); o++) {
            assertThat(Arrays.equals(actual.get(o), expected.get(o)))
                    .as("%s of %s: output %s over input %s", n.op().name(), c, j, i)
                    .isTrue();
        }
        assertThat(apart.slot(n.outputs().get(j)).region()).isEqualTo(Region.HOST);
        return 1;
    }

    private static List<double[]> run(Program program, MemoryPlan plan, Map<Value, double[]> data) {
        try (CpuBackend backend = new CpuBackend(2);
                Store store = backend.store();
                Session session = backend.compile(program, plan, Map.of(), store)) {
            program.graph().inputs().forEach(v -> session.write(v, data.get(v)));
            session.run();
            List<double[]> found = new ArrayList<>();
            program.graph().results().values().forEach(v -> found.add(session.read(v)));
            return found;
        }
    }
}
