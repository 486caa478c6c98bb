package dev.fovea.runtime.plan;

import dev.fovea.runtime.ir.Node;
import dev.fovea.runtime.ir.Pass;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/// What a program costs before it runs. The counting rule is that of [dev.fovea.runtime.ir.Op#flops].
///
/// @param nodes ops run in one step
/// @param work floating-point operations of one step by pass and op name; every pass has an entry
/// @param plannedBytes memory of all values
/// @param storeBytes of these, parameters and optimizer state
/// @param naiveBytes memory without reuse
public record ProgramReport(
        int nodes, Map<Pass, SequencedMap<String, Long>> work, long plannedBytes, long storeBytes, long naiveBytes) {
    /// Counts a planned program.
    public static ProgramReport of(Program p, MemoryPlan plan) {
        Map<Pass, SequencedMap<String, Long>> work = new EnumMap<>(Pass.class);
        for (Pass pass : Pass.values()) {
            work.put(pass, new TreeMap<>());
        }
        int nodes = 0;
        for (Node n : p.schedule()) {
            long flops = n.op().flops();
            nodes++;
            if (flops > 0) {
                work.computeIfAbsent(n.pass(), _ -> new TreeMap<>()).merge(n.op().name(), flops, Long::sum);
            }
        }
        return new ProgramReport(
                nodes, Collections.unmodifiableMap(work), plan.plannedBytes(), plan.storeBytes(), plan.naiveBytes());
    }

    /// Floating-point operations of one step, those done a second time included.
    public long flops() {
        return work.keySet().stream().mapToLong(this::flops).sum();
    }

    /// Floating-point operations of one pass in one step.
    public long flops(Pass pass) {
        SequencedMap<String, Long> byOp = work.get(pass);
        return byOp == null
                ? 0
                : byOp.values().stream().mapToLong(Long::longValue).sum();
    }

    /// Floating-point operations of one step by op name.
    public SequencedMap<String, Long> flopsByOp() {
        SequencedMap<String, Long> all = new TreeMap<>();
        work.values().forEach(byOp -> byOp.forEach((op, flops) -> all.merge(op, flops, Long::sum)));
        return all;
    }
}
