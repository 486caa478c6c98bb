package dev.fovea.runtime.exec.cpu;

import dev.fovea.runtime.exec.Session;
import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.ir.Graph;
import dev.fovea.runtime.ir.OpCase;
import dev.fovea.runtime.ir.Value;
import dev.fovea.runtime.plan.MemoryPlan;
import dev.fovea.runtime.plan.MemoryPlanner;
import dev.fovea.runtime.plan.Program;
import dev.fovea.runtime.plan.Segmenter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.NullUnmarked;

/// One case of the op table in a session of its own, every output readable.
@NullUnmarked
final class OpRun implements AutoCloseable {
    private final List<Value> outputs = new ArrayList<>();
    private final CpuBackend backend;
    private final Store store;
    private final Session session;

    OpRun(OpCase c, int threads) {
        Graph bare = c.builder().build();
        SequencedMap<String, Value> results = new LinkedHashMap<>();
        c.nodes().forEach(n -> outputs.addAll(n.outputs()));
        outputs.forEach(v -> results.put("value" + v.id(), v));
        Graph graph = new Graph(bare.inputs(), bare.parameters(), c.nodes(), results, new LinkedHashMap<>());
        Program program = Segmenter.split(graph);
        MemoryPlan plan = MemoryPlanner.plan(program);
        backend = new CpuBackend(threads);
        store = backend.store();
        session = backend.compile(program, plan, Map.of(), store);
        c.data().forEach(session::write);
    }

    void run() {
        session.run();
    }

    /// Every output by value, in order.
    SequencedMap<Value, double[]> read() {
        SequencedMap<Value, double[]> all = new LinkedHashMap<>();
        outputs.forEach(v -> all.put(v, session.read(v)));
        return all;
    }

    @Override
    public void close() {
        session.close();
        store.close();
        backend.close();
    }
}
