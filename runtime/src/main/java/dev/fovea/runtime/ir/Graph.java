package dev.fovea.runtime.ir;

import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/// An immutable program: nodes in an order where every value is defined before it is used.
///
/// @param results values the host may read after a run, by name
/// @param updates maps a parameter to the value it takes when the run ends
public record Graph(
        List<Value> inputs,
        List<Value> parameters,
        List<Node> nodes,
        SequencedMap<String, Value> results,
        SequencedMap<Value, Value> updates) {
    /// Copies the collections and checks that values are defined before use and names are unique.
    public Graph {
        inputs = List.copyOf(inputs);
        parameters = List.copyOf(parameters);
        nodes = List.copyOf(nodes);
        results = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(results));
        updates = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(updates));
        Set<Value> defined = new HashSet<>(inputs);
        defined.addAll(parameters);
        Check.that(defined.size() == inputs.size() + parameters.size(), "an input or parameter is listed twice");
        for (Node n : nodes) {
            for (Value in : n.op().inputs()) {
                Check.that(defined.contains(in), "%s reads %s before it is defined", n.op().name(), in);
            }
            for (Value v : n.outputs()) {
                Check.that(defined.add(v), "%s is defined twice", v);
            }
        }
        for (Map.Entry<String, Value> r : results.entrySet()) {
            Check.that(defined.contains(r.getValue()), "result %s = %s is not defined", r.getKey(), r.getValue());
        }
    }

    /// The parameter of this name.
    public Value parameter(String name) {
        return parameters.stream()
                .filter(v -> v.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no parameter " + name));
    }

    /// The input of this name.
    public Value input(String name) {
        return inputs.stream()
                .filter(v -> v.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no input " + name));
    }

    /// The result of this name.
    public Value result(String name) {
        Value v = results.get(name);
        if (v == null) {
            throw new IllegalArgumentException("no result " + name + "; there are " + results.keySet());
        }
        return v;
    }

    /// A stable text form: the golden-file format, one node a line.
    public String text() {
        StringBuilder s = new StringBuilder();
        for (Node n : nodes) {
            s.append(n.outputs())
                    .append(" = ")
                    .append(n.op().name())
                    .append(n.op().inputs())
                    .append('\n');
        }
        results.forEach((name, v) ->
                s.append("result ").append(name).append(" = ").append(v).append('\n'));
        updates.forEach((p, next) ->
                s.append("update ").append(p).append(" = ").append(next).append('\n'));
        return s.toString();
    }
}
