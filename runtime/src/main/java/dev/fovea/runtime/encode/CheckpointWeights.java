package dev.fovea.runtime.encode;

import dev.fovea.dsl.run.StoreException;
import dev.fovea.runtime.checkpoint.ModelConfig;
import dev.fovea.runtime.checkpoint.ModelParameters;
import dev.fovea.runtime.checkpoint.PretrainedModel;
import dev.fovea.runtime.checkpoint.WeightLoader;
import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.ir.Shape;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.Set;

/// Weights of a checkpoint, read when a program asks for them.
public final class CheckpointWeights implements Weights {
    private final PretrainedModel checkpoint;
    private final SequencedMap<String, Shape> known;

    /// @param config of the checkpoint
    public CheckpointWeights(PretrainedModel checkpoint, ModelConfig config) {
        this.checkpoint = checkpoint;
        this.known = ModelParameters.of(config);
    }

    /// @throws StoreException if the checkpoint lacks one of the tensors; all of them are named
    @Override
    public void load(Store store, Set<String> names) {
        SequencedMap<String, Shape> wanted = new LinkedHashMap<>(known);
        wanted.keySet().retainAll(names);
        WeightLoader.Loaded loaded = WeightLoader.load(checkpoint, wanted, known, true, store);
        if (!loaded.fresh().isEmpty()) {
            throw new StoreException(checkpoint.path() + ": encoding needs " + String.join(", ", loaded.fresh()));
        }
    }
}
