package dev.fovea.runtime.plan;

import dev.fovea.runtime.ir.Node;
import dev.fovea.runtime.ir.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Plans for devices whose kernels take whole arrays and no offset into one, as TornadoVM's do: a value gets the
/// free slot that fits best, and slots never overlap. Takes more memory than [MemoryPlanner]'s plans.
public final class WholeArrays {
    private final Program program;
    private final Lifetimes lifetimes;
    private final Map<Value, Integer> slotOf = new HashMap<>();
    private final List<Integer> elements = new ArrayList<>();
    private final List<MemoryPlan.Region> regions = new ArrayList<>();
    private final TreeSet<Integer> free = new TreeSet<>();

    private WholeArrays(Program program) {
        this.program = program;
        this.lifetimes = new Lifetimes(program);
    }

    /// The plan of a program.
    public static MemoryPlan plan(Program p) {
        return new WholeArrays(p).plan();
    }

    private MemoryPlan plan() {
        lifetimes.store().forEach(v -> slotOf.put(v, newSlot(v, MemoryPlan.Region.STORE)));
        lifetimes.host().forEach(v -> slotOf.put(v, newSlot(v, MemoryPlan.Region.HOST)));
        program.graph().updates().forEach((state, next) -> slotOf.put(next, slotOf.get(state)));
        List<Node> order = program.schedule();
        for (int i = 0; i < order.size(); i++) {
            visit(order.get(i), i);
        }
        return new MemoryPlan(slotOf, oneAfterAnother());
    }

    private List<MemoryPlan.Slot> oneAfterAnother() {
        List<MemoryPlan.Slot> slots = new ArrayList<>();
        long host = 0, work = 0;
        for (int i = 0; i < elements.size(); i++) {
            MemoryPlan.Region region = regions.get(i);
            long start = region == MemoryPlan.Region.STORE ? 0 : region == MemoryPlan.Region.HOST ? host : work;
            MemoryPlan.Slot slot = new MemoryPlan.Slot(region, start, elements.get(i));
            slots.add(slot);
            host += region == MemoryPlan.Region.HOST ? slot.taken() : 0;
            work += region == MemoryPlan.Region.WORK ? slot.taken() : 0;
        }
        return slots;
    }

    private void visit(Node node, int now) {
        for (Value v : node.outputs()) {
            if (!slotOf.containsKey(v)) {
                slotOf.put(v, bestFit(v));
            }
        }
        Set<Value> touched = new HashSet<>(node.op().inputs());
        touched.addAll(node.outputs());
        for (Value v : touched) {
            Integer slot = slotOf.get(v);
            if (slot != null && regions.get(slot) == MemoryPlan.Region.WORK && lifetimes.lastUse(v) == now) {
                free.add(slot);
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
            return newSlot(v, MemoryPlan.Region.WORK);
        }
        free.remove(best);
        return best;
    }

    private int newSlot(Value v, MemoryPlan.Region region) {
        elements.add(v.shape().elements());
        regions.add(region);
        return elements.size() - 1;
    }
}
