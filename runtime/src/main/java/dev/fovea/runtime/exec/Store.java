package dev.fovea.runtime.exec;

import java.lang.foreign.MemorySegment;
import java.util.Set;

/// Parameters and optimizer state by name, shared by the sessions of one run: a training step and an evaluation
/// read
/// the
/// same memory. Values are zero until written.
public interface Store extends AutoCloseable {
    /// Names in order of first use.
    Set<String> names();

    /// Elements of a tensor.
    int elements(String name);

    /// Overwrites a tensor from float32 in native order.
    void write(String name, MemorySegment floats);

    /// Copies a tensor out as float32 in native order.
    void read(String name, MemorySegment floats);

    @Override
    void close();
}
