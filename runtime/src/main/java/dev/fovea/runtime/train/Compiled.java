package dev.fovea.runtime.train;

import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.exec.HostFunction;
import dev.fovea.runtime.exec.Session;
import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.ir.Graph;
import dev.fovea.runtime.ir.Value;
import dev.fovea.runtime.plan.ProgramReport;
import java.util.Map;

/// A graph that has been planned, checked and compiled.
///
/// @param report what one step costs
public record Compiled(Graph graph, ProgramReport report, Session session) implements AutoCloseable {
    /// Compiles what has been planned.
    public static Compiled of(Planned planned, Backend backend, Map<String, HostFunction> functions, Store store) {
        Session session = backend.compile(planned.program(), planned.plan(), functions, store);
        return new Compiled(planned.program().graph(), planned.report(), session);
    }

    /// The input of this name.
    public Value input(String name) {
        return graph.input(name);
    }

    /// Whether there is a result of this name.
    public boolean has(String name) {
        return graph.results().containsKey(name);
    }

    /// The numbers of a result.
    public double[] result(String name) {
        return session.read(graph.result(name));
    }

    @Override
    public void close() {
        session.close();
    }
}
