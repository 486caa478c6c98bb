package dev.fovea.runtime.bench;

import dev.fovea.runtime.ir.Node;
import dev.fovea.runtime.ir.Op;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// All ops of one kind in one pass of a program, together.
///
/// @param pass `forward`, `backward`, `recompute` or `update`, see [dev.fovea.runtime.ir.Pass]
/// @param name the op's name
/// @param calls how many there are
/// @param flops of all of them by the rule of [Op#flops]
/// @param bytes that they must move at least, see [OpBytes]
/// @param seconds time of all of them in one run, median; 0 where nothing was run
public record OpKind(String pass, String name, int calls, long flops, long bytes, double seconds) {
    /// The kinds of a program in the order of their first op, without times.
    static List<OpKind> of(List<Node> schedule) {
        Map<String, OpKind> kinds = new LinkedHashMap<>();
        for (Node node : schedule) {
            Op op = node.op();
            OpKind one = new OpKind(passOf(node), op.name(), 1, op.flops(), OpBytes.of(op), 0);
            kinds.merge(keyOf(node), one, OpKind::with);
        }
        return new ArrayList<>(kinds.values());
    }

    private static String passOf(Node node) {
        return node.pass().name().toLowerCase(Locale.ROOT);
    }

    /// The kind of a node.
    static String keyOf(Node node) {
        return passOf(node) + " " + node.op().name();
    }

    /// The kind, as [#keyOf].
    String key() {
        return pass + " " + name;
    }

    private OpKind with(OpKind other) {
        return new OpKind(
                pass, name, calls + other.calls, flops + other.flops, bytes + other.bytes, seconds + other.seconds);
    }

    /// The same with a time.
    OpKind taking(double time) {
        return new OpKind(pass, name, calls, flops, bytes, time);
    }
}
