package dev.fovea.runtime.train;

import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.model.Parameters;
import dev.fovea.runtime.model.StartingValues;
import dev.fovea.runtime.store.Checkpoint;
import dev.fovea.runtime.store.Checkpoints;
import dev.fovea.runtime.store.Safetensors;
import dev.fovea.runtime.store.StoredType;
import dev.fovea.runtime.store.TensorView;
import dev.fovea.runtime.store.TrainingState;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// Moves parameters and optimizer state between the store of a backend and checkpoints.
final class Snapshots {
    /// Random numbers are functions of (seed, step or name), so that a step is all the state there is.
    private static final String RANDOM_SCHEME = "splittable-1";

    private final Store store;
    private final Checkpoints checkpoints;
    private final SequencedMap<String, Parameters.Recipe> recipes;

    Snapshots(Store store, Checkpoints checkpoints, SequencedMap<String, Parameters.Recipe> recipes) {
        this.store = store;
        this.checkpoints = checkpoints;
        this.recipes = recipes;
    }

    /// Gives every parameter its starting values.
    void initialize(long seed) {
        initialize(seed, recipes.sequencedKeySet());
    }

    /// Gives these parameters, still 0 as the store makes them, their starting values; they do not depend on the
    /// others.
    void initialize(long seed, Collection<String> names) {
        recipes.forEach((name, recipe) -> {
            if (names.contains(name)) {
                StartingValues.write(store, name, recipe, seed);
            }
        });
    }

    /// Shapes of the parameters.
    SequencedMap<String, Shape> shapes() {
        SequencedMap<String, Shape> shapes = new LinkedHashMap<>();
        recipes.forEach((name, recipe) -> shapes.put(name, recipe.value().shape()));
        return shapes;
    }

    /// Scalars of the model.
    long parameters() {
        return recipes.values().stream()
                .mapToLong(r -> r.value().shape().elements())
                .sum();
    }

    /// Writes the state after `step` steps.
    Path save(String key, long step) {
        try (Arena arena = Arena.ofConfined()) {
            SequencedMap<String, TensorView> model = new LinkedHashMap<>(), optimizer = new LinkedHashMap<>();
            recipes.forEach((name, recipe) -> {
                model.put(name, view(arena, name, recipe));
                for (String prefix : new String[] {PreTraining.FIRST, PreTraining.SECOND}) {
                    if (store.names().contains(prefix + name)) {
                        optimizer.put(prefix + name, view(arena, prefix + name, recipe));
                    }
                }
            });
            SequencedMap<String, Long> position = new LinkedHashMap<>();
            position.put("step", step);
            TrainingState state = new TrainingState(step, key, RANDOM_SCHEME, position);
            return checkpoints.write(state, model, optimizer).folder();
        }
    }

    private TensorView view(Arena arena, String name, Parameters.Recipe recipe) {
        MemorySegment data = store.view(name, arena);
        long[] shape =
                Arrays.stream(recipe.value().shape().dims()).asLongStream().toArray();
        return TensorView.of(StoredType.F32, shape, data);
    }

    /// Reads a checkpoint into the store.
    void load(Checkpoint checkpoint) {
        try (Arena arena = Arena.ofConfined()) {
            Safetensors model = checkpoint.model(arena), optimizer = checkpoint.optimizer(arena);
            model.names().forEach(n -> store.write(n, model.data(n)));
            optimizer.names().forEach(n -> store.write(n, optimizer.data(n)));
        }
    }
}
