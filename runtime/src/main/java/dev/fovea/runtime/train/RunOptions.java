package dev.fovea.runtime.train;

import java.nio.file.Path;
import java.util.Map;

/// What the caller of a run decides; none of it changes results.
///
/// @param runs folder of all run folders
/// @param cache folder of prepared data, safe to delete
/// @param resume continue an earlier attempt of the same key if there is one; else such a run is an error
/// @param stopAfter step at which to save and stop early, or 0 to run to the end
/// @param environment environment variables, for tracking
/// @param version version of the program, for the record
public record RunOptions(
        Path runs, Path cache, boolean resume, long stopAfter, Map<String, String> environment, String version) {
    /// Copies the map.
    public RunOptions {
        environment = Map.copyOf(environment);
    }
}
