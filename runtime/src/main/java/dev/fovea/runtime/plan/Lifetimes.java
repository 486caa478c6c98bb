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
import org.jspecify.annotations.Nullable;

/// From when to when each value of a schedule is needed.
final class Lifetimes {
    private final Program program;
    private final List<Node> order;
    private final Map<Value, Integer> lastUse = new HashMap<>();
    private final Set<Value> store = new LinkedHashSet<>();
    private final Set<Value> host = new LinkedHashSet<>();

    Lifetimes(Program program) {
        this.program = program;
        this.order = program.schedule();
        store.addAll(program.graph().parameters());
        host.addAll(program.graph().inputs());
        host.addAll(program.graph().results().values());
        host.removeAll(store);
        host.removeAll(program.graph().updates().values());
        for (int i = 0; i < order.size(); i++) {
            int now = i;
            order.get(i).outputs().forEach(v -> lastUse.put(v, now));
            order.get(i).op().inputs().forEach(v -> lastUse.put(v, now));
        }
    }

    /// Memory that is written for the first time at step `first` and read for the last time at step `last`.
    ///
    /// @param elements rounded up to whole units
    /// @param values what it holds, one after another: each overwrites the one before in place
    record Buffer(long elements, int first, int last, List<Value> values) {
        boolean meets(Buffer other) {
            return first <= other.last && other.first <= last;
        }
    }

    /// Parameters and optimizer state.
    Set<Value> store() {
        return store;
    }

    /// Inputs and results, which the host reads and writes between runs.
    Set<Value> host() {
        return host;
    }

    /// Everything else, in the order in which it is computed.
    List<Buffer> work() {
        List<Buffer> all = new ArrayList<>();
        Map<Value, Integer> place = new HashMap<>();
        for (int i = 0; i < order.size(); i++) {
            Node n = order.get(i);
            Set<Integer> taken = new HashSet<>();
            for (int j = 0; j < n.outputs().size(); j++) {
                Value v = n.outputs().get(j);
                if (isWork(v)) {
                    Integer over = overwritten(n, j, i, place, taken);
                    int at = over == null ? all.size() : over;
                    if (over == null) {
                        all.add(new Buffer(elements(v), i, lastUse(v), List.of(v)));
                    } else {
                        all.set(at, followed(all.get(at), v));
                    }
                    place.put(v, at);
                    taken.add(at);
                }
            }
        }
        return all;
    }

    private Buffer followed(Buffer b, Value next) {
        List<Value> values = new ArrayList<>(b.values());
        values.add(next);
        return new Buffer(b.elements(), b.first(), lastUse(next), values);
    }

    /// The buffer of an input that nobody needs after this step and that output `j` may overwrite, or null.
    private @Nullable Integer overwritten(Node n, int j, int now, Map<Value, Integer> place, Set<Integer> taken) {
        for (int k = 0; k < n.op().inputs().size(); k++) {
            Value in = n.op().inputs().get(k);
            Integer at = place.get(in);
            boolean free = at != null && lastUse(in) == now && !taken.contains(at);
            if (free
                    && n.op().overwrites(j, k)
                    && elements(in) == elements(n.outputs().get(j))) {
                return at;
            }
        }
        return null;
    }

    private boolean isWork(Value v) {
        return !store.contains(v)
                && !host.contains(v)
                && !program.graph().updates().containsValue(v);
    }

    /// The step at which a value is read for the last time, or written if nobody reads it.
    int lastUse(Value v) {
        return lastUse.getOrDefault(v, -1);
    }

    private static long elements(Value v) {
        return MemoryPlan.padded(v.shape().elements());
    }

    /// The most elements that buffers hold at one moment: no placement needs fewer.
    static long mostAlive(List<Buffer> buffers) {
        int steps = buffers.stream().mapToInt(Buffer::last).max().orElse(-1) + 1;
        long[] change = new long[steps + 1];
        for (Buffer b : buffers) {
            change[b.first()] += b.elements();
            change[b.last() + 1] -= b.elements();
        }
        long alive = 0, most = 0;
        for (long c : change) {
            alive += c;
            most = Math.max(most, alive);
        }
        return most;
    }
}
