package dev.fovea.runtime.ir;

import java.util.List;

/// One op applied to values, with the values it defines.
public record Node(Op op, List<Value> outputs) {
    /// Copies the list.
    public Node {
        outputs = List.copyOf(outputs);
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
