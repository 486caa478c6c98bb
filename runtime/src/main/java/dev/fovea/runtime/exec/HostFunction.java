package dev.fovea.runtime.exec;

import java.util.List;

/// The body of a host call.
@FunctionalInterface
public interface HostFunction {
    /// Reads the inputs and writes every element of the outputs.
    void run(List<HostTensor> inputs, List<HostTensor> outputs);
}
