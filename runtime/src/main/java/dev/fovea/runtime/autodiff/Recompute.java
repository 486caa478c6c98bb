package dev.fovea.runtime.autodiff;

import dev.fovea.runtime.ir.Graph;
import dev.fovea.runtime.ir.HostCall;
import dev.fovea.runtime.ir.Node;
import dev.fovea.runtime.ir.Op;
import dev.fovea.runtime.ir.Pass;
import dev.fovea.runtime.ir.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/// Trades arithmetic for memory: what a layer computes inside is dropped after the forward pass and computed again
/// when the backward pass reads it (activation checkpointing; Chen et al. 2016, arXiv 1604.06174).
///
/// From forward to backward live only what crosses the borders of layers (as
/// [dev.fovea.runtime.ir.GraphBuilder#layer] marked them), results, what the host chose, and the few inner
/// values that are much dearer to compute than to keep. A copy stands right before its first reader, because
/// programs run in graph order. It is the same op on the same numbers, so that a step has the same results to
/// the bit.
public final class Recompute {
    /// An inner value is kept where its op does this many times the operations for each byte of output that its
    /// layer does on average. So long attention is kept, and attention over few tokens, or in wide layers, is not.
    static final double DEAR = 4;

    private final Graph graph;
    private final Map<Value, Node> dropped = new HashMap<>();
    private final Map<Value, Value> copies = new HashMap<>();
    private final List<Node> nodes = new ArrayList<>();
    private int nextId;

    private Recompute(Graph graph) {
        this.graph = graph;
        this.nextId = 1 + largestId(graph);
    }

    /// The training graph with dropped inner values of layers; a graph without a backward pass stays what it is.
    public static Graph layers(Graph g) {
        return new Recompute(g).rewrite();
    }

    private static int largestId(Graph g) {
        int largest = 0;
        for (Value v : g.inputs()) {
            largest = Math.max(largest, v.id());
        }
        for (Value v : g.parameters()) {
            largest = Math.max(largest, v.id());
        }
        for (Node n : g.nodes()) {
            for (Value v : n.outputs()) {
                largest = Math.max(largest, v.id());
            }
        }
        return largest;
    }

    private Graph rewrite() {
        chooseDropped();
        for (Node n : graph.nodes()) {
            if (n.pass() == Pass.FORWARD) {
                nodes.add(n);
            } else {
                Op op = Substitution.of(n.op(), this::copy);
                nodes.add(new Node(op, n.outputs(), n.pass(), n.block()));
            }
        }
        return new Graph(graph.inputs(), graph.parameters(), nodes, graph.results(), graph.updates());
    }

    private void chooseDropped() {
        Set<Value> needed = new HashSet<>(graph.results().values());
        needed.addAll(graph.updates().values());
        SequencedMap<Integer, List<Node>> layers = new LinkedHashMap<>();
        Map<Value, Integer> home = new HashMap<>();
        for (Node n : graph.nodes()) {
            if (n.pass() == Pass.FORWARD) {
                n.op().inputs().stream()
                        .filter(v -> home.getOrDefault(v, 0) != n.block())
                        .forEach(needed::add);
                n.outputs().forEach(v -> home.put(v, n.block()));
                layers.computeIfAbsent(n.block(), _ -> new ArrayList<>()).add(n);
            }
        }
        layers.remove(0);
        layers.values().forEach(layer -> drop(layer, needed));
        int first = firstLayerBack();
        dropped.values().removeIf(n -> n.block() == first);
    }

    /// The layer whose backward pass comes first. Its inner values are there anyway at that moment, right after
    /// the forward pass, so that dropping them would win nothing.
    private int firstLayerBack() {
        return graph.nodes().stream()
                .filter(n -> n.pass() != Pass.FORWARD)
                .flatMap(n -> n.op().inputs().stream())
                .map(dropped::get)
                .filter(n -> n != null)
                .mapToInt(n -> n.block())
                .findFirst()
                .orElse(0);
    }

    private void drop(List<Node> layer, Set<Value> needed) {
        double average = density(layer);
        for (Node n : layer) {
            boolean dear = density(List.of(n)) > DEAR * average;
            if (!dear && !(n.op() instanceof HostCall)) {
                n.outputs().stream().filter(v -> !needed.contains(v)).forEach(v -> dropped.put(v, n));
            }
        }
    }

    /// Operations for each byte of output.
    private static double density(List<Node> nodes) {
        long flops = nodes.stream().mapToLong(n -> n.op().flops()).sum();
        long bytes = nodes.stream()
                .flatMap(n -> n.outputs().stream())
                .mapToLong(Value::bytes)
                .sum();
        return (double) flops / Math.max(1, bytes);
    }

    /// What a later node reads instead of `v`: `v` itself, or its copy, which is added where it is first wanted.
    private Value copy(Value v) {
        Node n = dropped.get(v);
        if (n == null) {
            return v;
        }
        if (!copies.containsKey(v)) {
            Op op = Substitution.of(n.op(), this::copy);
            List<Value> outputs = new ArrayList<>();
            for (Value original : n.outputs()) {
                Value fresh = new Value(nextId++, original.name(), original.type(), original.shape());
                copies.put(original, fresh);
                outputs.add(fresh);
            }
            nodes.add(new Node(op, outputs, Pass.RECOMPUTE, n.block()));
        }
        return copies.getOrDefault(v, v);
    }
}
