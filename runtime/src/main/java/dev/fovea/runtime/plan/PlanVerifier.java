package dev.fovea.runtime.plan;

import dev.fovea.runtime.ir.Check;
import dev.fovea.runtime.ir.HostCall;
import dev.fovea.runtime.ir.Node;
import dev.fovea.runtime.ir.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/// Replays a schedule and proves that it computes the graph: every node once, after its inputs, and no value
/// overwritten before its last read. Memory is compared by ranges of elements, so that slots may overlap.
public final class PlanVerifier {
    private final Program program;
    private final MemoryPlan plan;
    private final Set<Integer> stored = new HashSet<>();
    private final Map<Place, NavigableMap<Long, Held>> memory = new HashMap<>();

    /// A stretch of memory: a region, or one of the store's arrays by its slot.
    private record Place(MemoryPlan.Region region, int array) {}

    /// What a range holds, and where it ends.
    private record Held(Value value, long end) {
        @Override
        public String toString() {
            return value.toString();
        }
    }

    private PlanVerifier(Program program, MemoryPlan plan) {
        this.program = program;
        this.plan = plan;
        program.graph().parameters().forEach(p -> stored.add(plan.number(p)));
    }

    /// Throws `IllegalArgumentException` naming the first value that the plan would destroy.
    public static void verify(Program p, MemoryPlan plan) {
        stages(p);
        new PlanVerifier(p, plan).replay();
    }

    /// Checks the stages alone: nodes defined before use, no node twice, host calls outside segments, and the
    /// values
    /// that cross as declared.
    public static void stages(Program p) {
        Set<Value> defined = new HashSet<>(p.graph().inputs());
        defined.addAll(p.graph().parameters());
        for (Node n : p.schedule()) {
            n.op().inputs().forEach(v -> Check.that(defined.contains(v), "%s reads %s too early", n.op().name(), v));
            n.outputs().forEach(v -> Check.that(defined.add(v), "%s is computed twice", v));
        }
        for (Program.Stage s : p.stages()) {
            if (s instanceof Program.Segment segment) {
                segment.nodes()
                        .forEach(n -> Check.that(!(n.op() instanceof HostCall), "%s inside a segment", n.op().name()));
            }
        }
        p.graph().results().forEach((name, v) -> Check.that(defined.contains(v), "result %s is never computed", name));
        p.graph().updates().forEach((state, v) -> Check.that(defined.contains(v), "update of %s is missing", state));
    }

    private void replay() {
        List<Value> given = new ArrayList<>(program.graph().inputs());
        given.addAll(program.graph().parameters());
        given.forEach(this::place);
        given.forEach(v -> Check.that(holds(v), "%s shares memory with another input or parameter", v));
        program.schedule().forEach(this::step);
        program.graph().inputs().forEach(this::survives);
        program.graph().parameters().stream()
                .filter(p -> !program.graph().updates().containsKey(p))
                .forEach(this::survives);
        program.graph()
                .updates()
                .forEach((state, next) -> Check.that(
                        plan.number(state) == plan.number(next) && holds(next), "%s does not end as %s", state, next));
        program.graph().results().forEach((name, v) -> {
            Check.that(holds(v) || program.graph().updates().containsKey(v), "result %s was overwritten", name);
            Check.that(plan.slot(v).region() != MemoryPlan.Region.WORK, "result %s may be lost between runs", name);
        });
    }

    /// The host may write an input once for many runs, and a parameter without update stays what it is.
    private void survives(Value v) {
        Check.that(holds(v), "%s is overwritten", v);
        Check.that(plan.slot(v).region() != MemoryPlan.Region.WORK, "%s may be lost between runs", v);
    }

    private void step(Node n) {
        for (Value v : n.op().inputs()) {
            Check.that(holds(v), "%s reads %s, but its memory holds %s", n.op().name(), v, found(v));
        }
        for (int o = 0; o < n.outputs().size(); o++) {
            Value v = n.outputs().get(o);
            for (int i = 0; i < n.op().inputs().size(); i++) {
                Value in = n.op().inputs().get(i);
                Check.that(
                        !overlap(in, v) || (n.op().overwrites(o, i) && sameRange(in, v)),
                        "%s writes %s over its input %s",
                        n.op().name(),
                        v,
                        i);
            }
            for (Value other : n.outputs().subList(0, o)) {
                Check.that(!overlap(other, v), "%s: two outputs share memory", n.op().name());
            }
            place(v);
        }
    }

    private boolean holds(Value v) {
        Held held = memory(v).get(plan.slot(v).start());
        return held != null && v.equals(held.value());
    }

    private String found(Value v) {
        return String.valueOf(memory(v).get(plan.slot(v).start()));
    }

    /// What the memory of a value's region holds, by first element. Ranges in it never overlap.
    private NavigableMap<Long, Held> memory(Value v) {
        return memory.computeIfAbsent(where(v), _ -> new TreeMap<>());
    }

    private Place where(Value v) {
        MemoryPlan.Region region = plan.slot(v).region();
        return new Place(region, region == MemoryPlan.Region.STORE ? plan.number(v) : -1);
    }

    private boolean sameRange(Value a, Value b) {
        return plan.slot(a).start() == plan.slot(b).start() && taken(a) == taken(b);
    }

    private boolean overlap(Value a, Value b) {
        long first = plan.slot(a).start(), second = plan.slot(b).start();
        return where(a).equals(where(b)) && first < second + taken(b) && second < first + taken(a);
    }

    private static long taken(Value v) {
        return MemoryPlan.padded(v.shape().elements());
    }

    /// Puts a value into memory; whatever its range touches is gone.
    private void place(Value v) {
        MemoryPlan.Slot slot = plan.slot(v);
        Check.that(slot.elements() >= v.shape().elements(), "slot %s is too small for %s", plan.number(v), v);
        Check.that(slot.start() >= 0 && slot.start() % MemoryPlan.UNIT == 0, "%s starts at %s", v, slot.start());
        Check.that(
                slot.region() != MemoryPlan.Region.STORE || (stored.contains(plan.number(v)) && slot.start() == 0),
                "%s lies in the store, but in no parameter's array",
                v);
        NavigableMap<Long, Held> held = memory(v);
        long end = slot.start() + taken(v);
        Map.Entry<Long, Held> before = held.floorEntry(slot.start());
        if (before != null && before.getValue().end() > slot.start()) {
            held.remove(before.getKey());
        }
        held.subMap(slot.start(), end).clear();
        held.put(slot.start(), new Held(v, end));
    }
}
