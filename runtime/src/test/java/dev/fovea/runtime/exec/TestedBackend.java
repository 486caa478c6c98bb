package dev.fovea.runtime.exec;

import java.util.stream.Stream;

/// The backends that every model test runs on.
public enum TestedBackend {
    /// double, by definition
    REFERENCE;

    /// A fresh backend.
    public Backend open() {
        return switch (this) {
            case REFERENCE -> new ReferenceBackend();
        };
    }

    /// All of them.
    public static Stream<TestedBackend> all() {
        return Stream.of(values());
    }
}
