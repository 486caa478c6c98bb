package dev.fovea.runtime.store;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// What training needs, besides tensors, to continue as if it had never stopped.
///
/// @param step optimizer steps done
/// @param key run key that the checkpoint belongs to
/// @param randomScheme name of the scheme that derives random numbers from seed and step
/// @param position where the data stand, as named counters such as `samples`, in the writer's order
public record TrainingState(long step, String key, String randomScheme, SequencedMap<String, Long> position) {
    /// Copies the counters.
    public TrainingState {
        if (step < 0) {
            throw new IllegalArgumentException("step " + step + " is negative");
        }
        position = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(position));
    }
}
