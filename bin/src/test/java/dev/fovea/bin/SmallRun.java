package dev.fovea.bin;

import dev.fovea.dsl.ResolvedSpec;
import dev.fovea.dsl.SpecReader;
import dev.fovea.dsl.run.RunFolder;
import dev.fovea.runtime.checkpoint.ModelParameters;
import dev.fovea.runtime.store.Checkpoints;
import dev.fovea.runtime.store.TensorView;
import dev.fovea.runtime.store.TrainingState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// A run of the small spec with one checkpoint.
final class SmallRun {
    private SmallRun() {}

    /// Element of a parameter.
    @FunctionalInterface
    interface Weight {
        float at(int i);
    }

    /// Writes `small.yaml` and its run in `runs/`, every parameter filled alike.
    ///
    /// @return the run's key
    static String write(Path folder, Weight weight) throws IOException {
        Path file = Files.writeString(folder.resolve("small.yaml"), Cli.smallSpec());
        ResolvedSpec spec = SpecReader.read(file, List.of());
        String key = spec.key().text();
        RunFolder run = RunFolder.create(folder.resolve("runs"), key, Cli.smallSpec(), spec.yaml(false));
        SequencedMap<String, TensorView> model = new LinkedHashMap<>();
        ModelParameters.of(spec.spec().model()).forEach((name, shape) -> {
            float[] values = new float[shape.elements()];
            for (int i = 0; i < values.length; i++) {
                values[i] = weight.at(i);
            }
            long[] sizes = Arrays.stream(shape.dims()).asLongStream().toArray();
            model.put(name, TensorView.of(sizes, values));
        });
        TrainingState state = new TrainingState(5, key, "splittable-1", new LinkedHashMap<>());
        new Checkpoints(run.checkpoints(), key, 1, _ -> {}).write(state, model, new LinkedHashMap<>());
        return key;
    }
}
