package dev.fovea.runtime.store;

import java.lang.foreign.Arena;
import java.nio.file.Path;

/// A complete, verified checkpoint on disk.
///
/// @param folder where it lies, such as `checkpoints/step-00001200`
/// @param state what it says besides tensors
public record Checkpoint(Path folder, TrainingState state) {
    static final String MODEL = "model.safetensors";
    static final String OPTIMIZER = "state.safetensors";
    static final String STATE = "state.json";

    /// The parameters, memory-mapped.
    ///
    /// @throws dev.fovea.dsl.run.StoreException if the file has been damaged since
    public Safetensors model(Arena arena) {
        return Safetensors.open(folder.resolve(MODEL), arena);
    }

    /// The optimizer's moments, memory-mapped.
    ///
    /// @throws dev.fovea.dsl.run.StoreException if the file has been damaged since
    public Safetensors optimizer(Arena arena) {
        return Safetensors.open(folder.resolve(OPTIMIZER), arena);
    }
}
