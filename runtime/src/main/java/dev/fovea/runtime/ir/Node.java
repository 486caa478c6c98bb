package dev.fovea.runtime.ir;

import java.util.List;

/// One op applied to values, with the values it defines.
///
/// @param pass the part of the step it belongs to
/// @param block number of the layer it is part of, unique in its graph; 0 outside of layers. What a layer computes
///     inside may be computed again instead of being kept, see [dev.fovea.runtime.autodiff.Recompute].
public record Node(Op op, List<Value> outputs, Pass pass, int block) {
    /// Copies the list.
    public Node {
        outputs = List.copyOf(outputs);
    }

    /// A forward node outside of layers.
    public Node(Op op, List<Value> outputs) {
        this(op, outputs, Pass.FORWARD, 0);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Node n && outputs.equals(n.outputs);
    }

    @Override
    public int hashCode() {
        return outputs.isEmpty() ? 0 : outputs.getFirst().id();
    }
}
