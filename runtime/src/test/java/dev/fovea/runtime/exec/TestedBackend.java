package dev.fovea.runtime.exec;

import dev.fovea.runtime.exec.cpu.CpuBackend;
import java.util.stream.Stream;

/// The backends that every model test runs on.
public enum TestedBackend {
    /// double, by definition
    REFERENCE,
    /// float32 on the Vector API
    CPU;

    /// A fresh backend.
    public Backend open() {
        return switch (this) {
            case REFERENCE -> new ReferenceBackend();
            case CPU -> new CpuBackend(2);
        };
    }

    /// All of them.
    public static Stream<TestedBackend> all() {
        return Stream.of(values());
    }
}
