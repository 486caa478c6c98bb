package dev.fovea.runtime.plan;

import dev.fovea.runtime.ir.Node;
import dev.fovea.runtime.ir.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Gives every value a slot by a scan over the schedule, reusing the free slot that fits best. Inputs,
/// parameters and
/// results keep a slot of their own: the host reads or writes them between runs.
public final class MemoryPlanner {
    private final Program program;
    private final Map<Value, Integer> slotOf = new HashMap<>();
    private final List<Integer> elements = new ArrayList<>();
    private final TreeSet<Integer> free = new TreeSet<>();
    private final Set<Value> pinned = new LinkedHashSet<>();

    private MemoryPlanner(Program program) {
        this.program = program;
    }

    /// The plan of a program.
    public static MemoryPlan plan(Program p) {
        return new MemoryPlanner(p).plan();
    }

    private MemoryPlan plan() {
        List<Node> order = program.schedule();
        Map<Value, Integer> lastRead = lastReads(order);
        pinned.addAll(program.graph().parameters());
        List<Integer> store = new ArrayList<>();
        for (Value v : pinned) {
            slotOf.put(v, newSlot(v));
            store.add(slotOf.get(v));
        }
        program.graph().updates().forEach((state, next) -> {
            slotOf.put(next, slotOf.get(state));
            pinned.add(next);
        });
        pinned.addAll(program.graph().inputs());
        pinned.addAll(program.graph().results().values());
        for (Value v : pinned) {
            if (!slotOf.containsKey(v)) {
                slotOf.put(v, newSlot(v));
            }
        }
        for (int i = 0; i < order.size(); i++) {
            visit(order.get(i), i, lastRead);
        }
        return new MemoryPlan(slotOf, elements, store);
    }

    private static Map<Value, Integer> lastReads(List<Node> order) {
        Map<Value, Integer> lastRead = new HashMap<>();
        for (int i = 0; i < order.size(); i++) {
            for (Value v : order.get(i).outputs()) {
                lastRead.put(v, i);
            }
            for (Value v : order.get(i).op().inputs()) {
                lastRead.put(v, i);
            }
        }
        return lastRead;
    }

    private void visit(Node node, int now, Map<Value, Integer> lastRead) {
        for (Value v : node.outputs()) {
            if (!slotOf.containsKey(v)) {
                slotOf.put(v, bestFit(v));
            }
        }
        Set<Value> touched = new HashSet<>(node.op().inputs());
        touched.addAll(node.outputs());
        for (Value v : touched) {
            if (lastRead.getOrDefault(v, -1) == now && !pinned.contains(v)) {
                free.add(slotOf.get(v));
            }
        }
    }

    /// The smallest free slot that is large enough; else the largest one, grown; else a new one.
    private int bestFit(Value v) {
        int need = v.shape().elements();
        Integer best = null;
        Integer largest = null;
        for (int s : free) {
            if (elements.get(s) >= need && (best == null || elements.get(s) < elements.get(best))) {
                best = s;
            }
            if (largest == null || elements.get(s) > elements.get(largest)) {
                largest = s;
            }
        }
        if (best == null && largest != null) {
            best = largest;
            elements.set(best, need);
        }
        if (best == null) {
            return newSlot(v);
        }
        free.remove(best);
        return best;
    }

    private int newSlot(Value v) {
        elements.add(v.shape().elements());
        return elements.size() - 1;
    }
}
