package dev.fovea.runtime.plan;

import dev.fovea.runtime.ir.Check;
import dev.fovea.runtime.ir.HostCall;
import dev.fovea.runtime.ir.Node;
import dev.fovea.runtime.ir.Value;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Replays a schedule and proves that it computes the graph: every node once, after its inputs, and no value
/// overwritten
/// before its last read.
public final class PlanVerifier {
    private final Program program;
    private final MemoryPlan plan;
    private final Map<Integer, Value> holds = new HashMap<>();

    private PlanVerifier(Program program, MemoryPlan plan) {
        this.program = program;
        this.plan = plan;
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
        program.graph().inputs().forEach(this::place);
        program.graph().parameters().forEach(this::place);
        int given =
                program.graph().inputs().size() + program.graph().parameters().size();
        Check.that(holds.size() == given, "two inputs or parameters share a slot");
        program.schedule().forEach(this::step);
        program.graph().inputs().forEach(this::survives);
        program.graph().parameters().stream()
                .filter(p -> !program.graph().updates().containsKey(p))
                .forEach(this::survives);
        program.graph()
                .updates()
                .forEach((state, next) -> Check.that(
                        plan.slot(state) == plan.slot(next) && next.equals(holds.get(plan.slot(next))),
                        "%s does not end as %s",
                        state,
                        next));
        program.graph()
                .results()
                .forEach((name, v) -> Check.that(
                        v.equals(holds.get(plan.slot(v)))
                                || program.graph().updates().containsKey(v),
                        "result %s was overwritten",
                        name));
    }

    /// The host may write an input once for many runs, and a parameter without update stays what it is.
    private void survives(Value v) {
        Check.that(v.equals(holds.get(plan.slot(v))), "%s is overwritten by %s", v, holds.get(plan.slot(v)) + "");
    }

    private void step(Node n) {
        for (Value v : n.op().inputs()) {
            Value held = holds.get(plan.slot(v));
            Check.that(v.equals(held), "%s reads %s but its slot holds %s", n.op().name(), v, held + "");
        }
        for (int o = 0; o < n.outputs().size(); o++) {
            Value v = n.outputs().get(o);
            for (int i = 0; i < n.op().inputs().size(); i++) {
                boolean shared = plan.slot(n.op().inputs().get(i)) == plan.slot(v);
                Check.that(!shared || n.op().overwrites(o) == i, "%s writes %s over its input %s", n.op().name(), v, i);
            }
            for (int other = 0; other < o; other++) {
                Check.that(
                        plan.slot(n.outputs().get(other)) != plan.slot(v),
                        "%s: two outputs share a slot",
                        n.op().name());
            }
            place(v);
        }
    }

    private void place(Value v) {
        int slot = plan.slot(v);
        Check.that(plan.slotElements().get(slot) >= v.shape().elements(), "slot %s is too small for %s", slot, v);
        holds.put(slot, v);
    }
}
