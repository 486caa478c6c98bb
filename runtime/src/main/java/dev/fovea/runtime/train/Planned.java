package dev.fovea.runtime.train;

import dev.fovea.runtime.autodiff.Recompute;
import dev.fovea.runtime.ir.Graph;
import dev.fovea.runtime.plan.MemoryPlan;
import dev.fovea.runtime.plan.MemoryPlanner;
import dev.fovea.runtime.plan.PlanVerifier;
import dev.fovea.runtime.plan.Program;
import dev.fovea.runtime.plan.ProgramReport;
import dev.fovea.runtime.plan.Segmenter;

/// A graph that has been segmented, planned and checked: its costs are known, and nothing is allocated yet.
///
/// @param report what one step costs
public record Planned(Program program, MemoryPlan plan, ProgramReport report) {
    /// Plans a training step; `recompute` drops what layers compute inside, and computes it again for the backward
    /// pass.
    static Planned of(Graph graph, boolean recompute) {
        return of(recompute ? Recompute.layers(graph) : graph);
    }

    /// Segments, plans and verifies.
    public static Planned of(Graph graph) {
        Program program = Segmenter.split(graph);
        MemoryPlan plan = MemoryPlanner.plan(program);
        PlanVerifier.verify(program, plan);
        return new Planned(program, plan, ProgramReport.of(program, plan));
    }
}
