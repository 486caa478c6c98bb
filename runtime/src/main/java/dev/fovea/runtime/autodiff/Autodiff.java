package dev.fovea.runtime.autodiff;

import dev.fovea.runtime.ir.AttentionOp;
import dev.fovea.runtime.ir.ConvolutionOp;
import dev.fovea.runtime.ir.GraphBuilder;
import dev.fovea.runtime.ir.HostCall;
import dev.fovea.runtime.ir.ImageOp;
import dev.fovea.runtime.ir.LinearOp;
import dev.fovea.runtime.ir.LossOp;
import dev.fovea.runtime.ir.MapOp;
import dev.fovea.runtime.ir.MeasureOp;
import dev.fovea.runtime.ir.Node;
import dev.fovea.runtime.ir.NormOp;
import dev.fovea.runtime.ir.Op;
import dev.fovea.runtime.ir.Pass;
import dev.fovea.runtime.ir.PointwiseOp;
import dev.fovea.runtime.ir.PositionOp;
import dev.fovea.runtime.ir.TileOp;
import dev.fovea.runtime.ir.TokenOp;
import dev.fovea.runtime.ir.UpdateOp;
import dev.fovea.runtime.ir.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Appends the backward nodes of a loss to a graph builder.
public final class Autodiff {
    private Autodiff() {}

    /// Gradient of `loss` with respect to each of `targets`, in their order. `seed` is the gradient of the loss
    /// itself,
    /// usually an input or constant 1. A target that the loss does not reach is absent: the caller decides
    /// whether that is an error.
    ///
    /// @throws IllegalArgumentException if a gradient would pass through a backward, measure or update op
    public static SequencedMap<Value, Value> gradients(GraphBuilder b, Value loss, Value seed, List<Value> targets) {
        List<Node> forward = b.nodes();
        return b.during(Pass.BACKWARD, () -> gradients(b, forward, loss, seed, targets));
    }

    private static SequencedMap<Value, Value> gradients(
            GraphBuilder b, List<Node> forward, Value loss, Value seed, List<Value> targets) {
        Set<Value> active = dependents(forward, targets);
        Map<Value, Value> gradient = new HashMap<>(Map.of(loss, seed));
        for (Node node : forward.reversed()) {
            List<@Nullable Value> arriving = new ArrayList<>();
            for (Value out : node.outputs()) {
                arriving.add(gradient.get(out));
            }
            if (arriving.stream().anyMatch(g -> g != null)) {
                propagate(b, node, arriving, active, gradient);
            }
        }
        SequencedMap<Value, Value> found = new LinkedHashMap<>();
        for (Value t : targets) {
            Value g = gradient.get(t);
            if (g != null) {
                found.put(t, g);
            }
        }
        return found;
    }

    private static void propagate(
            GraphBuilder b, Node node, List<@Nullable Value> arriving, Set<Value> active, Map<Value, Value> gradient) {
        switch (node.op()) {
            case Op.Differentiable op -> {
                if (op.inputs().stream().noneMatch(active::contains)) {
                    return;
                }
                List<@Nullable Value> found = op.gradient(b, node.outputs(), arriving);
                for (int i = 0; i < found.size(); i++) {
                    Value g = found.get(i), in = op.inputs().get(i);
                    if (g != null && active.contains(in)) {
                        Value known = gradient.get(in);
                        gradient.put(in, known == null ? g : b.add(new PointwiseOp.Add(known, g)));
                    }
                }
            }
            case HostCall _, ImageOp _ -> {}
            case LinearOp.Backward _,
                    NormOp.Backward _,
                    AttentionOp.Backward _,
                    PointwiseOp.Backward _,
                    TokenOp.Backward _,
                    TileOp.Backward _,
                    PositionOp.Backward _,
                    ConvolutionOp.Backward _,
                    MapOp.Backward _,
                    LossOp.Backward _,
                    MeasureOp _,
                    UpdateOp _ ->
                throw new IllegalArgumentException("no gradient passes through "
                        + node.op().name() + node.op().inputs());
        }
    }

    /// The targets and every value computed from them by differentiable ops.
    private static Set<Value> dependents(List<Node> nodes, List<Value> targets) {
        Set<Value> active = new HashSet<>(targets);
        for (Node n : nodes) {
            if (n.op() instanceof Op.Differentiable && n.op().inputs().stream().anyMatch(active::contains)) {
                active.addAll(n.outputs());
            }
        }
        return active;
    }
}
