package dev.fovea.runtime.encode;

import dev.fovea.runtime.exec.Store;
import java.util.Set;

/// Where a model's parameters come from. Programs ask for what they need when they are made, so that parameters no
/// program uses are never read.
@FunctionalInterface
public interface Weights {
    /// Writes the named tensors into the store, which has them already, with the right number of elements.
    ///
    /// @throws RuntimeException with one line that names what is missing or does not fit
    void load(Store store, Set<String> names);
}
