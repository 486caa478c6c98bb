package dev.fovea.runtime.ir;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Supplier;

/// Builds one graph; not thread safe. Every method checks names and shapes at once.
public final class GraphBuilder {
    private final Map<String, Value> inputs = new LinkedHashMap<>();
    private final Map<String, Value> parameters = new LinkedHashMap<>();
    private final List<Node> nodes = new ArrayList<>();
    private final SequencedMap<String, Value> results = new LinkedHashMap<>();
    private final SequencedMap<Value, Value> updates = new LinkedHashMap<>();
    private int nextId;
    private int blocks;
    private int block;
    private Pass pass = Pass.FORWARD;

    /// A value the host writes before each run.
    public Value input(String name, DType type, Shape shape) {
        Value v = value(name, type, shape);
        Check.that(inputs.putIfAbsent(name, v) == null, "input %s is named twice", name);
        return v;
    }

    /// A value that lives in the store from run to run.
    public Value parameter(String name, Shape shape) {
        Value known = parameters.get(name);
        if (known != null) {
            Check.that(known.shape().equals(shape), "parameter %s is asked for as %s", known, shape);
            return known;
        }
        Value v = value(name, DType.F32, shape);
        parameters.put(name, v);
        return v;
    }

    /// Appends a node and returns its first output.
    public Value add(Op op) {
        return addAll(op).getFirst();
    }

    /// Appends a node and returns its outputs.
    public List<Value> addAll(Op op) {
        List<Value> outputs = new ArrayList<>();
        List<Shape> shapes = op.outputShapes();
        for (int j = 0; j < shapes.size(); j++) {
            outputs.add(value(op.name(), op.outputType(j), shapes.get(j)));
        }
        Node node = new Node(op, outputs, pass, block);
        nodes.add(node);
        return node.outputs();
    }

    /// Runs `body`, whose nodes belong to `of`.
    public <T> T during(Pass of, Supplier<T> body) {
        Pass before = pass;
        pass = of;
        try {
            return body.get();
        } finally {
            pass = before;
        }
    }

    /// Runs `body`, whose nodes form one layer: a stretch of the program whose inner values a training step may
    /// compute again instead of keeping them. A layer within a layer is part of the outer one.
    public <T> T layer(Supplier<T> body) {
        if (block != 0) {
            return body.get();
        }
        block = ++blocks;
        try {
            return body.get();
        } finally {
            block = 0;
        }
    }

    /// Names a value for the host to read after a run.
    public void result(String name, Value v) {
        Check.that(results.putIfAbsent(name, v) == null, "result %s is named twice", name);
    }

    /// When the run ends, `parameter` holds `next`.
    public void update(Value parameter, Value next) {
        Check.that(
                parameters.containsValue(parameter) && parameter.shape().equals(next.shape()),
                "update: %s to %s",
                parameter,
                next);
        Check.that(updates.putIfAbsent(parameter, next) == null, "%s is updated twice", parameter);
    }

    /// The nodes so far.
    public List<Node> nodes() {
        return List.copyOf(nodes);
    }

    /// The parameters so far, in order of creation.
    public List<Value> parameters() {
        return List.copyOf(parameters.values());
    }

    /// The finished graph.
    public Graph build() {
        return new Graph(List.copyOf(inputs.values()), List.copyOf(parameters.values()), nodes, results, updates);
    }

    private Value value(String name, DType type, Shape shape) {
        return new Value(nextId++, name, type, shape);
    }
}
