package dev.fovea.runtime.bench;

import dev.fovea.runtime.ir.Node;
import dev.fovea.runtime.ir.Op;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.ir.UpdateOp;
import dev.fovea.runtime.ir.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// All ops of one kind in one pass of a program, together.
///
/// @param pass `forward`, `backward` (which includes what it computes again) or `update`
/// @param name the op's name
/// @param calls how many there are
/// @param flops of all of them by the rule of [Op#flops]
/// @param bytes of their inputs and outputs
/// @param seconds time of all of them in one run, median; 0 where nothing was run
public record OpKind(String pass, String name, int calls, long flops, long bytes, double seconds) {
    static final String FORWARD = "forward", BACKWARD = "backward", UPDATE = "update";

    /// The kinds of a program in the order of their first op, without times.
    static List<OpKind> of(List<Node> schedule) {
        Map<String, OpKind> kinds = new LinkedHashMap<>();
        Passes passes = new Passes();
        for (Node node : schedule) {
            String pass = passes.of(node);
            OpKind one = new OpKind(pass, node.op().name(), 1, node.op().flops(), bytes(node.op()), 0);
            kinds.merge(pass + " " + one.name(), one, OpKind::with);
        }
        return new ArrayList<>(kinds.values());
    }

    private OpKind with(OpKind other) {
        return new OpKind(
                pass, name, calls + other.calls, flops + other.flops, bytes + other.bytes, seconds + other.seconds);
    }

    /// The same with a time.
    OpKind taking(double time) {
        return new OpKind(pass, name, calls, flops, bytes, time);
    }

    private static long bytes(Op op) {
        long read = op.inputs().stream().mapToLong(Value::bytes).sum();
        long written = op.outputShapes().stream().mapToLong(Shape::elements).sum() * Float.BYTES;
        return read + written;
    }

    /// Tells passes apart along a program: everything before the first gradient is forward, and updates begin with
    /// the norm of the gradients.
    static final class Passes {
        private String pass = FORWARD;

        /// The pass of the next node of the program.
        String of(Node node) {
            String name = node.op().name();
            if (node.op() instanceof UpdateOp || name.equals("GlobalNorm")) {
                pass = UPDATE;
            } else if (pass.equals(FORWARD) && name.contains("Backward")) {
                pass = BACKWARD;
            }
            return pass;
        }
    }
}
