package dev.fovea.runtime.train;

import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.exec.HostFunction;
import dev.fovea.runtime.exec.Session;
import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.ir.Graph;
import dev.fovea.runtime.ir.Value;
import dev.fovea.runtime.plan.MemoryPlan;
import dev.fovea.runtime.plan.MemoryPlanner;
import dev.fovea.runtime.plan.PlanVerifier;
import dev.fovea.runtime.plan.Program;
import dev.fovea.runtime.plan.ProgramReport;
import dev.fovea.runtime.plan.Segmenter;
import java.util.Map;

/// A graph that has been planned, checked and compiled.
///
/// @param report what one step costs
public record Compiled(Graph graph, ProgramReport report, Session session) implements AutoCloseable {
    /// Plans, verifies and compiles.
    public static Compiled of(Graph graph, Backend backend, Map<String, HostFunction> functions, Store store) {
        Program program = Segmenter.split(graph);
        MemoryPlan plan = MemoryPlanner.plan(program);
        PlanVerifier.verify(program, plan);
        return new Compiled(graph, ProgramReport.of(program, plan), backend.compile(program, plan, functions, store));
    }

    /// Costs of a graph without compiling it.
    public static ProgramReport report(Graph graph) {
        Program program = Segmenter.split(graph);
        return ProgramReport.of(program, MemoryPlanner.plan(program));
    }

    /// The input of this name.
    public Value input(String name) {
        return graph.input(name);
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
