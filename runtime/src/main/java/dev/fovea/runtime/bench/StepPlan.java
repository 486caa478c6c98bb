package dev.fovea.runtime.bench;

import dev.fovea.datasets.images.TileGrid;
import dev.fovea.dsl.spec.ExperimentSpec;
import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.runtime.ir.Node;
import dev.fovea.runtime.ir.UpdateOp;
import dev.fovea.runtime.model.AnyResTower;
import dev.fovea.runtime.model.Ps3;
import dev.fovea.runtime.plan.Program;
import dev.fovea.runtime.select.ScaleGrid;
import dev.fovea.runtime.train.Planned;
import dev.fovea.runtime.train.Programs;
import java.util.ArrayList;
import java.util.List;

/// What a step of a spec computes and holds, from its compiled program; nothing is allocated or run.
///
/// @param scales sides of the picture in pixels
/// @param lowTokens tokens of the low-resolution pass of one picture, or of all tiles of a baseline
/// @param highTokens patches of the high scales that one picture encodes
/// @param highPatches patches that the high scales have
/// @param plannedBytes memory of the step's program, parameters and optimizer state included
/// @param flops of one step
/// @param kinds the ops of one step, kind by kind
public record StepPlan(
        List<Integer> scales,
        int lowTokens,
        int highTokens,
        int highPatches,
        long plannedBytes,
        long flops,
        List<OpKind> kinds) {
    /// Copies the lists.
    public StepPlan {
        scales = List.copyOf(scales);
        kinds = List.copyOf(kinds);
    }

    /// What is timed.
    public enum Mode {
        /// A step of training: forward, backward, update.
        TRAINING,
        /// One look at a batch: low-resolution pass, selection, high-resolution pass, and the texts; forward only.
        FORWARD
    }

    /// Plans a step.
    ///
    /// @throws dev.fovea.runtime.train.RunException if the spec does not compile
    public static StepPlan of(ExperimentSpec spec, Mode mode) {
        return of(spec, planned(new Programs(spec), mode));
    }

    static StepPlan of(ExperimentSpec spec, Planned planned) {
        ModelSpec model = spec.model();
        List<Integer> scales = model.ps3().scales();
        int side = scales.getLast(), high = 0, patches = 0;
        if (model.selects()) {
            List<ScaleGrid> grids = Ps3.grids(model, side, side);
            high = Ps3.counts(model, grids).stream().mapToInt(n -> n).sum();
            patches = grids.stream().mapToInt(ScaleGrid::cells).sum();
        }
        return new StepPlan(
                scales,
                lowTokens(model),
                high,
                patches,
                planned.report().plannedBytes(),
                planned.report().flops(),
                OpKind.of(order(planned.program())));
    }

    static Planned planned(Programs programs, Mode mode) {
        return switch (mode) {
            case TRAINING -> programs.training();
            case FORWARD -> programs.evaluation();
        };
    }

    private static int lowTokens(ModelSpec model) {
        List<Integer> scales = model.ps3().scales();
        int patch = model.vision().patch(), low = cells(scales.getFirst(), patch);
        return switch (model.encoder()) {
            case ModelSpec.SelectedPatches _ -> low;
            case ModelSpec.S2 _ ->
                scales.stream().mapToInt(s -> cells(s, patch)).sum();
            case ModelSpec.AnyRes rule -> {
                TileGrid grid = AnyResTower.grid(model, rule, scales.getLast(), scales.getLast());
                boolean alone = rule.grid() == ModelSpec.TileRule.NEAREST_ASPECT && grid.tiles() == 1;
                yield low * (grid.tiles() + (alone ? 0 : 1));
            }
        };
    }

    private static int cells(int side, int patch) {
        return (side / patch) * (side / patch);
    }

    /// The order of running: updates come last.
    private static List<Node> order(Program program) {
        List<Node> order = new ArrayList<>();
        program.schedule().stream().filter(n -> !(n.op() instanceof UpdateOp)).forEach(order::add);
        program.schedule().stream().filter(n -> n.op() instanceof UpdateOp).forEach(order::add);
        return order;
    }

    /// Whether the step encodes every patch there is.
    public boolean encodesAll() {
        return highTokens == highPatches;
    }

    /// Tokens that one picture encodes.
    public int tokens() {
        return lowTokens + highTokens;
    }
}
