package dev.fovea.runtime.exec;

/// Offers a backend of another module, found by `ServiceLoader`.
public interface BackendProvider {
    /// The name used in specs.
    String name();

    /// Opens the backend.
    ///
    /// @throws RuntimeException with one line that names what is missing
    Backend open();
}
