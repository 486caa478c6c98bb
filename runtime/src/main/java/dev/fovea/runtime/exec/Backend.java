package dev.fovea.runtime.exec;

import dev.fovea.runtime.plan.MemoryPlan;
import dev.fovea.runtime.plan.Program;
import java.util.Map;

/// Something that can run tensor programs. An op without a kernel is an error at compile time that names the op
/// and the
/// backends that have it; nothing falls back silently.
public interface Backend extends AutoCloseable {
    /// The name used in specs.
    String name();

    /// One line for logs: device, vector width, threads.
    String describe();

    /// An empty store of this backend.
    Store store();

    /// Makes a program runnable.
    ///
    /// @param functions bodies of the program's host calls, by name
    /// @param store a store of this backend; the program's parameters are found there by name, or added
    Session compile(Program program, MemoryPlan plan, Map<String, HostFunction> functions, Store store);

    @Override
    void close();
}
