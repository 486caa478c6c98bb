package dev.fovea.runtime.plan;

import dev.fovea.runtime.ir.Graph;
import dev.fovea.runtime.ir.HostCall;
import dev.fovea.runtime.ir.Node;
import dev.fovea.runtime.ir.UpdateOp;
import dev.fovea.runtime.ir.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;

/// Cuts a graph at its host calls. What a host call needs runs before it; all the rest runs as late as it can;
/// updates
/// of parameters form the last segment.
public final class Segmenter {
    private Segmenter() {}

    /// The graph as a program. Nodes whose outputs nobody reads are left out.
    public static Program split(Graph g) {
        List<Node> live = live(g);
        List<Program.Stage> bare = new ArrayList<>();
        Set<Node> done = new HashSet<>();
        for (Node n : live) {
            if (n.op() instanceof HostCall call) {
                Set<Node> needed = ancestors(live, n);
                addSegment(
                        bare,
                        live.stream()
                                .filter(x -> needed.contains(x) && done.add(x))
                                .toList());
                bare.add(new Program.HostStep(call, n.outputs()));
                done.add(n);
            }
        }
        addSegment(
                bare,
                live.stream()
                        .filter(n -> !(n.op() instanceof UpdateOp) && done.add(n))
                        .toList());
        addSegment(bare, live.stream().filter(done::add).toList());
        return new Program(g, connect(g, bare));
    }

    /// Nodes that a result, an update or a host call depends on, in graph order.
    private static List<Node> live(Graph g) {
        Set<Value> wanted = new HashSet<>(g.results().values());
        wanted.addAll(g.updates().values());
        List<Node> kept = new ArrayList<>();
        for (Node n : g.nodes().reversed()) {
            if (n.op() instanceof HostCall || n.outputs().stream().anyMatch(wanted::contains)) {
                wanted.addAll(n.op().inputs());
                kept.add(n);
            }
        }
        return kept.reversed();
    }

    private static void addSegment(List<Program.Stage> stages, List<Node> nodes) {
        if (!nodes.isEmpty()) {
            SequencedSet<Value> none = new LinkedHashSet<>();
            stages.add(new Program.Segment("segment" + stages.size(), nodes, none, none));
        }
    }

    private static Set<Node> ancestors(List<Node> nodes, Node of) {
        Map<Value, Node> definedBy = new HashMap<>();
        nodes.forEach(n -> n.outputs().forEach(v -> definedBy.put(v, n)));
        Set<Node> seen = new HashSet<>();
        List<Node> todo = new ArrayList<>(List.of(of));
        while (!todo.isEmpty()) {
            for (Value v : todo.removeLast().op().inputs()) {
                Node n = definedBy.get(v);
                if (n != null && seen.add(n)) {
                    todo.add(n);
                }
            }
        }
        return seen;
    }

    /// Fills in which values cross from stage to stage.
    private static List<Program.Stage> connect(Graph g, List<Program.Stage> stages) {
        List<Program.Stage> connected = new ArrayList<>();
        Set<Value> readLater = new HashSet<>(g.results().values());
        for (Program.Stage s : stages.reversed()) {
            switch (s) {
                case Program.HostStep h -> {
                    readLater.addAll(h.call().inputs());
                    connected.add(h);
                }
                case Program.Segment segment -> {
                    SequencedSet<Value> own = new LinkedHashSet<>();
                    SequencedSet<Value> reads = new LinkedHashSet<>();
                    segment.nodes().forEach(n -> own.addAll(n.outputs()));
                    segment.nodes().forEach(n -> reads.addAll(n.op().inputs()));
                    SequencedSet<Value> keeps = new LinkedHashSet<>(own);
                    keeps.retainAll(readLater);
                    reads.removeAll(own);
                    readLater.addAll(reads);
                    connected.add(new Program.Segment(segment.name(), segment.nodes(), reads, keeps));
                }
            }
        }
        return connected.reversed();
    }
}
