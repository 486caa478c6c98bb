package dev.fovea.runtime.exec;

/// The data of one value as a host function sees it, whatever the backend stores.
public interface HostTensor {
    /// Number of elements.
    int elements();

    /// Element `i`.
    double get(int i);

    /// Sets element `i`.
    void set(int i, double value);
}
