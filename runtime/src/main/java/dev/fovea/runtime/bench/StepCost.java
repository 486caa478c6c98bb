package dev.fovea.runtime.bench;

import dev.fovea.dsl.spec.ExperimentSpec;
import dev.fovea.runtime.ir.Node;
import dev.fovea.runtime.ir.Pass;
import dev.fovea.runtime.train.Planned;
import dev.fovea.runtime.train.Programs;
import dev.fovea.runtime.train.RunException;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/// Arithmetic of one step of training, by pass and op, and the time that a calibration predicts for it.
///
/// The counts are those of the very program that a run of the spec executes on this machine, so they are exact. A
/// batch too large for any array is counted from the programs of one, two and three pictures: every op counts a
/// polynomial of the batch of degree two at most (the loss compares all pictures with all texts), so that too is
/// exact, except for what is computed again, whose choice may depend on the batch. Its time is that of one picture,
/// times the batch.
///
/// @param batch pictures in the step
/// @param whole whether the program of the whole batch was counted
/// @param work floating-point operations by pass and op, as [dev.fovea.runtime.plan.ProgramReport] has them
/// @param nodes ops of the program that was planned: of the whole batch, or of one picture
public record StepCost(int batch, boolean whole, Map<Pass, SequencedMap<String, Long>> work, List<Node> nodes) {
    /// Copies the list.
    public StepCost {
        nodes = List.copyOf(nodes);
    }

    /// Counts a step of a spec.
    ///
    /// @throws RunException of kind SPEC if not even one picture compiles
    public static StepCost of(ExperimentSpec spec) {
        int batch = spec.batch().global();
        try {
            Planned step = new Programs(spec).training();
            return new StepCost(
                    batch, true, step.report().work(), step.program().schedule());
        } catch (RunException e) {
            if (e.kind() != RunException.Kind.SPEC || batch <= 3) {
                throw e;
            }
            return extrapolated(spec, batch);
        }
    }

    /// As [#of], from small batches.
    static StepCost extrapolated(ExperimentSpec spec, int batch) {
        Planned one = planned(spec, 1);
        Map<Pass, SequencedMap<String, Long>> first = one.report().work();
        Map<Pass, SequencedMap<String, Long>> second = planned(spec, 2).report().work();
        Map<Pass, SequencedMap<String, Long>> third = planned(spec, 3).report().work();
        Map<Pass, SequencedMap<String, Long>> work = new EnumMap<>(Pass.class);
        for (Pass pass : Pass.values()) {
            SequencedMap<String, Long> byOp = new TreeMap<>();
            count(third, pass).forEach((op, c) -> {
                long a = count(first, pass).getOrDefault(op, 0L);
                long b = count(second, pass).getOrDefault(op, 0L);
                byOp.put(op, newton(a, b, c, batch));
            });
            work.put(pass, byOp);
        }
        return new StepCost(
                batch, false, Collections.unmodifiableMap(work), one.program().schedule());
    }

    private static Planned planned(ExperimentSpec spec, int batch) {
        return new Programs(spec.withBatch(batch)).training();
    }

    private static SequencedMap<String, Long> count(Map<Pass, SequencedMap<String, Long>> work, Pass pass) {
        return work.getOrDefault(pass, new TreeMap<>());
    }

    /// The polynomial through (1, a), (2, b), (3, c) at n.
    private static long newton(long a, long b, long c, int n) {
        long pairs = (n - 1L) * (n - 2L) / 2;
        return a + (n - 1L) * (b - a) + pairs * (c - 2 * b + a);
    }

    /// Floating-point operations of one pass.
    public long flops(Pass pass) {
        return count(work, pass).values().stream().mapToLong(Long::longValue).sum();
    }

    /// Floating-point operations of the step.
    public long flops() {
        return work.keySet().stream().mapToLong(this::flops).sum();
    }

    /// Floating-point operations of one op in all passes.
    public SequencedMap<String, Long> byOp() {
        SequencedMap<String, Long> all = new TreeMap<>();
        work.values().forEach(byOp -> byOp.forEach((op, flops) -> all.merge(op, flops, Long::sum)));
        return all;
    }

    /// Predicted seconds by pass.
    public Map<Pass, Double> seconds(Calibration calibration) {
        Map<Pass, Double> all = new EnumMap<>(Pass.class);
        for (Node node : nodes) {
            all.merge(node.pass(), calibration.seconds(node.op()) * (whole ? 1 : batch), Double::sum);
        }
        return all;
    }

    /// Predicted seconds by op, in all passes.
    public SequencedMap<String, Double> secondsByOp(Calibration calibration) {
        SequencedMap<String, Double> all = new TreeMap<>();
        for (Node node : nodes) {
            all.merge(node.op().name(), calibration.seconds(node.op()) * (whole ? 1 : batch), Double::sum);
        }
        return all;
    }
}
