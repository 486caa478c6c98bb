package dev.fovea.runtime.plan;

import dev.fovea.runtime.ir.Node;
import java.util.SequencedMap;
import java.util.TreeMap;

/// What a program costs before it runs. The counting rule is that of [dev.fovea.runtime.ir.Op#flops].
///
/// @param nodes ops run in one step
/// @param flops floating-point operations of one step
/// @param flopsByOp the same by op name
/// @param plannedBytes memory of all slots
/// @param storeBytes of these, parameters and optimizer state
/// @param naiveBytes memory without reuse
public record ProgramReport(
        int nodes,
        long flops,
        SequencedMap<String, Long> flopsByOp,
        long plannedBytes,
        long storeBytes,
        long naiveBytes) {
    /// Counts a planned program.
    public static ProgramReport of(Program p, MemoryPlan plan) {
        SequencedMap<String, Long> byOp = new TreeMap<>();
        long total = 0;
        int nodes = 0;
        for (Node n : p.schedule()) {
            long flops = n.op().flops();
            total += flops;
            nodes++;
            if (flops > 0) {
                byOp.merge(n.op().name(), flops, Long::sum);
            }
        }
        return new ProgramReport(nodes, total, byOp, plan.plannedBytes(), plan.storeBytes(), plan.naiveBytes());
    }
}
