package dev.fovea.runtime.checkpoint;

import dev.fovea.dsl.ResolvedSpec;
import dev.fovea.dsl.SpecException;
import dev.fovea.dsl.SpecReader;
import dev.fovea.dsl.run.StoreException;
import dev.fovea.dsl.spec.DataSpec;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.store.Checkpoint;
import dev.fovea.runtime.store.Checkpoints;
import dev.fovea.runtime.store.TensorFiles;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// A checkpoint of any kind that we read: a folder in PS3's Hugging Face layout, a SigLIP file or folder, a run
/// of ours or one of its checkpoints. Opening reads configuration and headers; weights stay in the file.
public final class PretrainedModel {
    /// Names of weights in a folder, the first that is there counts.
    private static final List<String> WEIGHTS = List.of(
            "model.safetensors",
            "model.safetensors.index.json",
            "open_clip_model.safetensors",
            "open_clip_pytorch_model.safetensors");

    private final Path path;
    private final Layout layout;
    private final TensorFiles files;
    private final @Nullable ModelConfig config;
    private final @Nullable Path tokenizer;

    private PretrainedModel(
            Path path, Layout layout, TensorFiles files, @Nullable ModelConfig config, @Nullable Path tokenizer) {
        this.path = path;
        this.layout = layout;
        this.files = files;
        this.config = config;
        this.tokenizer = tokenizer;
    }

    /// Opens what a path leads to, and checks the configuration, where there is one, against the tensors.
    ///
    /// @param path a `.safetensors` file, an index of such, a folder with one of them, a run folder, or a
    ///     checkpoint folder in it
    /// @throws StoreException if nothing of the kind is there, it is damaged, or configuration and tensors
    ///     differ; then all differing keys are named with their shapes
    public static PretrainedModel open(Path path) {
        if (Files.isDirectory(path.resolve("checkpoints"))) {
            Checkpoint newest = newest(path);
            return ofRun(path, newest.folder(), path);
        }
        if (Files.isRegularFile(path.resolve("state.json"))) {
            Path run = path.toAbsolutePath().normalize().getParent();
            Path owner = run == null ? null : run.getParent();
            return ofRun(path, path, owner);
        }
        TensorFiles files = TensorFiles.open(weights(path));
        Layout layout = Layout.of(files.infos().keySet());
        Path folder = Files.isDirectory(path) ? path : path.toAbsolutePath().getParent();
        ModelConfig config = layout == Layout.PS3 ? config(folder) : null;
        return new PretrainedModel(path, layout, files, config, null).checked();
    }

    private static Checkpoint newest(Path run) {
        Checkpoints checkpoints = new Checkpoints(
                run.resolve("checkpoints"),
                String.valueOf(run.toAbsolutePath().normalize().getFileName()),
                1,
                _ -> {});
        return checkpoints
                .latest()
                .orElseThrow(() -> new StoreException(run + ": this run has no undamaged checkpoint yet"));
    }

    private static PretrainedModel ofRun(Path path, Path checkpoint, @Nullable Path run) {
        TensorFiles files = TensorFiles.open(weights(checkpoint));
        Path resolved = run == null ? null : run.resolve("resolved.yaml");
        Path tokenizer = run == null ? null : run.resolve("tokenizer.json");
        ModelConfig config = resolved != null && Files.isRegularFile(resolved) ? ofSpec(resolved) : null;
        boolean words = tokenizer != null && Files.isRegularFile(tokenizer);
        return new PretrainedModel(path, Layout.PS3, files, config, words ? tokenizer : null).checked();
    }

    private static ModelConfig ofSpec(Path resolved) {
        try {
            ResolvedSpec spec = SpecReader.read(resolved, List.of());
            if (!spec.spec().model().selects()) {
                throw new StoreException(resolved + ": model.encoder is a baseline, which PS3's layout cannot hold;"
                        + " weights of runs with encoder: {type: ps3} can be encoded with and exported");
            }
            DataSpec.Preprocess p = spec.spec().data().preprocess();
            return ModelConfig.of(spec.spec().model(), p.mean(), p.std());
        } catch (SpecException e) {
            throw new StoreException(resolved + ": this version cannot read the spec: " + e.getMessage(), e);
        }
    }

    private static Path weights(Path path) {
        if (!Files.exists(path)) {
            throw new StoreException(path + ": no such file or folder");
        }
        if (!Files.isDirectory(path)) {
            return path;
        }
        return WEIGHTS.stream()
                .map(path::resolve)
                .filter(Files::isRegularFile)
                .findFirst()
                .orElseThrow(() -> new StoreException(
                        path + ": neither a run nor a checkpoint: it holds none of " + String.join(", ", WEIGHTS)));
    }

    private static @Nullable ModelConfig config(@Nullable Path folder) {
        if (folder == null || !Files.isRegularFile(folder.resolve("config.json"))) {
            return null;
        }
        Path preprocessor = folder.resolve("preprocessor_config.json");
        return Ps3Config.read(
                JsonFields.read(folder.resolve("config.json")),
                Files.isRegularFile(preprocessor) ? JsonFields.read(preprocessor) : null);
    }

    /// This model, if every tensor that its configuration asks for is there, in the shape it asks for, and no
    /// other.
    private PretrainedModel checked() {
        if (config == null) {
            return this;
        }
        Difference difference = new Difference();
        try {
            difference.compare(weights(), shapes(ModelParameters.of(config)));
        } catch (IllegalArgumentException e) {
            throw new StoreException(
                    path + ": the sizes of its configuration do not fit together: " + e.getMessage(), e);
        }
        // A vision-only configuration may stand beside a full file; the loss's scalars are often left out.
        difference.missing().removeIf(name -> Part.of(name) == Part.LOSS);
        if (config.text() == null) {
            difference.extra().removeIf(name -> !name.startsWith("vision_model."));
        }
        if (!difference.isEmpty()) {
            throw new StoreException(path + ": configuration and tensors do not agree: " + difference.text());
        }
        return this;
    }

    static SequencedMap<String, long[]> shapes(SequencedMap<String, Shape> parameters) {
        SequencedMap<String, long[]> shapes = new LinkedHashMap<>();
        parameters.forEach((name, shape) ->
                shapes.put(name, Arrays.stream(shape.dims()).asLongStream().toArray()));
        return shapes;
    }

    /// What was opened.
    public Path path() {
        return path;
    }

    /// How the file names its tensors.
    public Layout layout() {
        return layout;
    }

    /// The stored tensors.
    public TensorFiles files() {
        return files;
    }

    /// The configuration, if one lies beside the weights.
    public Optional<ModelConfig> config() {
        return Optional.ofNullable(config);
    }

    /// The tokenizer's file, if it came along.
    public Optional<Path> tokenizer() {
        return Optional.ofNullable(tokenizer);
    }

    /// The configuration.
    ///
    /// @throws StoreException if there is none
    ModelConfig requireConfig() {
        if (config == null) {
            throw new StoreException(path + ": there is no configuration beside the weights (config.json, or the"
                    + " resolved.yaml of a run), so that the model's sizes are not known");
        }
        return config;
    }

    /// Shapes by the model's own parameter names, in file order.
    public SequencedMap<String, long[]> parameters() {
        SequencedMap<String, long[]> shapes = new LinkedHashMap<>();
        weights().forEach((name, weight) -> shapes.put(name, weight.shape()));
        return shapes;
    }

    /// Reads elements of a parameter under the model's name.
    ///
    /// @param from first element
    /// @param into receives as many as it holds
    /// @throws StoreException if there is no such parameter or the file cannot be read
    void floats(Weight weight, long from, float[] into) {
        long begin = 0; // of the piece, in the parameter
        for (Weight.Piece piece : weight.pieces()) {
            long start = Math.max(from, begin), end = Math.min(from + into.length, begin + piece.count());
            if (start < end) {
                int at = (int) (start - from);
                files.floats(
                        piece.tensor(),
                        piece.first() + start - begin,
                        end - start,
                        (first, floats) -> MemorySegment.copy(
                                floats, ValueLayout.JAVA_FLOAT_UNALIGNED, 0, into, at + (int) first, (int)
                                        (floats.byteSize() / Float.BYTES)));
            }
            begin += piece.count();
        }
    }

    SequencedMap<String, Weight> weights() {
        return layout.weights(files.infos());
    }
}
