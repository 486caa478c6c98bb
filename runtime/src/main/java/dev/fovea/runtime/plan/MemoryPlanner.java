package dev.fovea.runtime.plan;

import dev.fovea.runtime.ir.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Places every value of a program in memory.
///
/// Parameters keep arrays of their own, inputs and results a place of their own. Everything else shares one
/// stretch: buffers are placed one by one at the lowest cost in space, in the smallest gap that is free as long as
/// they live (Pisarchyk and Lee 2020, arXiv 2001.03288). That reaches, within a few percent, the most bytes that
/// are alive at one moment, which no placement can undercut; two orders are tried, and the better one is taken.
public final class MemoryPlanner {
    private final Lifetimes lifetimes;
    private final Map<Value, Integer> slotOf = new HashMap<>();
    private final List<MemoryPlan.Slot> slots = new ArrayList<>();

    private MemoryPlanner(Program program) {
        this.lifetimes = new Lifetimes(program);
    }

    /// The plan of a program.
    public static MemoryPlan plan(Program p) {
        MemoryPlanner planner = new MemoryPlanner(p);
        planner.placeFixed();
        p.graph().updates().forEach((state, next) -> planner.slotOf.put(next, planner.slotOf.get(state)));
        planner.placeWork();
        return new MemoryPlan(planner.slotOf, planner.slots);
    }

    /// The most bytes that a program needs at one moment, which is a lower bound of every plan with the same
    /// overwriting.
    public static long leastBytes(Program p) {
        Lifetimes of = new Lifetimes(p);
        long fixed = 0;
        for (Value v : of.store()) {
            fixed += MemoryPlan.padded(v.shape().elements());
        }
        for (Value v : of.host()) {
            fixed += MemoryPlan.padded(v.shape().elements());
        }
        return 4 * (fixed + Lifetimes.mostAlive(of.work()));
    }

    private void placeFixed() {
        for (Value v : lifetimes.store()) {
            add(v, MemoryPlan.Region.STORE, 0);
        }
        long end = 0;
        for (Value v : lifetimes.host()) {
            add(v, MemoryPlan.Region.HOST, end);
            end += MemoryPlan.padded(v.shape().elements());
        }
    }

    private void add(Value v, MemoryPlan.Region region, long start) {
        slotOf.put(v, slots.size());
        slots.add(new MemoryPlan.Slot(region, start, v.shape().elements()));
    }

    private void placeWork() {
        List<Lifetimes.Buffer> buffers = lifetimes.work();
        Comparator<Lifetimes.Buffer> bySize =
                Comparator.comparingLong(Lifetimes.Buffer::elements).reversed();
        Comparator<Lifetimes.Buffer> byLife = Comparator.comparingInt(b -> b.first() - b.last());
        List<Placed> best = place(buffers, bySize.thenComparing(byLife));
        List<Placed> other = place(buffers, byLife.thenComparing(bySize));
        if (end(other) < end(best)) {
            best = other;
        }
        for (Placed p : best) {
            for (Value v : p.buffer().values()) {
                slotOf.put(v, slots.size());
            }
            int elements = p.buffer().values().stream()
                    .mapToInt(v -> v.shape().elements())
                    .max()
                    .orElse(0);
            slots.add(new MemoryPlan.Slot(MemoryPlan.Region.WORK, p.start(), elements));
        }
    }

    private record Placed(Lifetimes.Buffer buffer, long start) {
        long end() {
            return start + buffer.elements();
        }
    }

    private static long end(List<Placed> placed) {
        return placed.stream().mapToLong(Placed::end).max().orElse(0);
    }

    /// Places buffers in this order; the answer is sorted by start.
    private static List<Placed> place(List<Lifetimes.Buffer> buffers, Comparator<Lifetimes.Buffer> order) {
        List<Placed> placed = new ArrayList<>();
        for (Lifetimes.Buffer b : buffers.stream().sorted(order).toList()) {
            Placed p = new Placed(b, start(b, placed));
            int at = 0;
            while (at < placed.size() && placed.get(at).start() <= p.start()) {
                at++;
            }
            placed.add(at, p);
        }
        return placed;
    }

    /// Start of the smallest gap that is free during the life of `b` and large enough; else the end of what is
    /// alive.
    private static long start(Lifetimes.Buffer b, List<Placed> placed) {
        long free = 0, best = -1, smallest = Long.MAX_VALUE;
        for (Placed other : placed) {
            if (other.buffer().meets(b)) {
                long gap = other.start() - free;
                if (gap >= b.elements() && gap < smallest) {
                    smallest = gap;
                    best = free;
                }
                free = Math.max(free, other.end());
            }
        }
        return best >= 0 ? best : free;
    }
}
