package dev.fovea.runtime.ir;

import java.util.List;

/// A step the host runs between two device segments: shapes are static, data may choose. No gradient passes.
/// Its body is given to the session by name, so that the program stays data.
///
/// @param function name of the host function
/// @param outputs name, type and shape of what it writes
public record HostCall(String function, List<Value> inputs, List<Output> outputs) implements Op {
    /// One output of a host call.
    public record Output(DType type, Shape shape) {}

    /// Copies the lists.
    public HostCall {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    @Override
    public List<Shape> outputShapes() {
        return outputs.stream().map(Output::shape).toList();
    }

    @Override
    public DType outputType(int j) {
        return outputs.get(j).type();
    }

    @Override
    public void evaluate(double[][] in, double[][] out) {
        throw new UnsupportedOperationException("host call " + function + " is run by the session");
    }

    @Override
    public String name() {
        return "HostCall:" + function;
    }
}
