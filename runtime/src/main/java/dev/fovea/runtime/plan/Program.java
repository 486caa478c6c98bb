package dev.fovea.runtime.plan;

import dev.fovea.runtime.ir.Graph;
import dev.fovea.runtime.ir.HostCall;
import dev.fovea.runtime.ir.Node;
import dev.fovea.runtime.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedSet;

/// A graph cut into stretches that a device runs alone and steps that the host runs between them.
public record Program(Graph graph, List<Stage> stages) {
    /// Copies the list.
    public Program {
        stages = List.copyOf(stages);
    }

    /// A stretch or a host step.
    public sealed interface Stage permits Segment, HostStep {}

    /// Nodes run by the device without the host.
    ///
    /// @param consumes values that arrive from an earlier stage
    /// @param keeps values that a later stage or the reader of results needs
    public record Segment(String name, List<Node> nodes, SequencedSet<Value> consumes, SequencedSet<Value> keeps)
            implements Stage {}

    /// One host call.
    public record HostStep(HostCall call, List<Value> outputs) implements Stage {}

    /// All nodes in the order in which they run, host calls included.
    public List<Node> schedule() {
        List<Node> order = new ArrayList<>();
        for (Stage s : stages) {
            switch (s) {
                case Segment segment -> order.addAll(segment.nodes());
                case HostStep h -> order.add(new Node(h.call(), h.outputs()));
            }
        }
        return order;
    }
}
