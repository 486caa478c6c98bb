package dev.fovea.dsl;

import java.util.List;
import java.util.Optional;

/// A spec with the studies in it, every point resolved and checked.
///
/// @param baseline the spec without its studies
/// @param sweeps in the order of the spec; empty if it has none
public record Study(ResolvedSpec baseline, List<Sweep> sweeps) {
    /// Copies the list.
    public Study {
        sweeps = List.copyOf(sweeps);
    }

    /// The sweep of this name.
    public Optional<Sweep> sweep(String name) {
        return sweeps.stream().filter(s -> s.name().equals(name)).findFirst();
    }
}
