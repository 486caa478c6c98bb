package dev.fovea.runtime.checkpoint;

import dev.fovea.dsl.run.AtomicFiles;
import dev.fovea.dsl.run.Directories;
import dev.fovea.dsl.run.FileSteps;
import dev.fovea.dsl.run.StoreException;
import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.store.FloatsOut;
import dev.fovea.runtime.store.SafetensorsWriter;
import dev.fovea.runtime.store.StoredType;
import dev.fovea.runtime.store.TensorInfo;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Writes a model as PS3's reference implementation reads it: `config.json`, `preprocessor_config.json` and
/// `model.safetensors` (ps3-spec 1.13). The folder appears whole or not at all.
public final class HuggingFaceFolder {
    private static final String TOKENIZER = "tokenizer.json";

    private HuggingFaceFolder() {}

    /// Writes a checkpoint that has been opened, with one window of its weights in memory at a time.
    ///
    /// @param type F32, F16 or BF16
    /// @return what the reference implementation would do otherwise, for people
    /// @throws StoreException if the folder exists, the checkpoint has no configuration, or writing fails
    public static List<String> write(PretrainedModel model, Path folder, StoredType type) {
        ModelConfig config = model.requireConfig();
        SafetensorsWriter writer = writer();
        for (Map.Entry<String, Weight> entry : model.weights().entrySet()) {
            Weight weight = entry.getValue();
            writer.add(entry.getKey(), new TensorInfo(type, weight.shape()), out -> {
                for (Weight.Piece piece : weight.pieces()) {
                    FloatsOut.copy(model.files(), piece.tensor(), piece.first(), piece.count(), type, out);
                }
            });
        }
        write(config, writer, model.tokenizer().orElse(null), folder, type);
        return Ps3Config.foreignToReference(config);
    }

    /// Writes the parameters of a store.
    ///
    /// @param parameters names in the store, with shapes
    /// @param type F32, F16 or BF16
    /// @return what the reference implementation would do otherwise, for people
    /// @throws StoreException if the folder exists or writing fails
    public static List<String> write(
            ModelConfig config, SequencedMap<String, Shape> parameters, Store store, Path folder, StoredType type) {
        SafetensorsWriter writer = writer();
        parameters.forEach((name, shape) -> {
            long[] sizes = Arrays.stream(shape.dims()).asLongStream().toArray();
            writer.add(name, new TensorInfo(type, sizes), out -> copy(store, name, type, out));
        });
        write(config, writer, null, folder, type);
        return Ps3Config.foreignToReference(config);
    }

    private static void copy(Store store, String name, StoredType type, OutputStream out) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment floats = arena.allocate(4L * store.elements(name), Float.BYTES);
            store.read(name, floats);
            FloatsOut.write(floats, type, out);
        }
    }

    private static SafetensorsWriter writer() {
        // Loaders of the PyTorch world ask for this format tag.
        return new SafetensorsWriter().metadata("format", "pt");
    }

    private static void write(
            ModelConfig config, SafetensorsWriter weights, @Nullable Path tokenizer, Path folder, StoredType type) {
        if (type != StoredType.F32 && type != StoredType.F16 && type != StoredType.BF16) {
            throw new IllegalArgumentException("weights are F32, F16 or BF16, not " + type);
        }
        if (Files.exists(folder)) {
            throw new StoreException(folder + ": exists already; choose another folder or remove it");
        }
        FileSteps steps = FileSteps.real();
        Path beside = AtomicFiles.beside(folder);
        try {
            Path parent = folder.toAbsolutePath().getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            steps.createDirectory(beside);
            json(steps, beside.resolve("config.json"), Ps3Config.config(config, torch(type)));
            json(steps, beside.resolve("preprocessor_config.json"), Ps3Config.preprocessor(config.preprocessing()));
            if (tokenizer != null) {
                byte[] words = Files.readAllBytes(tokenizer);
                AtomicFiles.writeNew(steps, beside.resolve(TOKENIZER), out -> out.write(words));
            }
            AtomicFiles.writeNew(steps, beside.resolve("model.safetensors"), weights::writeTo);
            steps.forceDirectory(beside);
            steps.move(beside, folder);
            if (parent != null) {
                steps.forceDirectory(parent);
            }
        } catch (IOException failure) {
            remove(steps, beside, failure);
            throw StoreException.of("write", folder, failure);
        } catch (RuntimeException failure) {
            remove(steps, beside, failure);
            throw failure;
        }
    }

    private static void remove(FileSteps steps, Path beside, Exception failure) {
        try {
            Directories.delete(steps, beside);
        } catch (IOException second) {
            failure.addSuppressed(second);
        }
    }

    private static void json(FileSteps steps, Path file, ObjectNode node) throws IOException {
        String text = JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(node) + "\n";
        AtomicFiles.writeNew(steps, file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static String torch(StoredType type) {
        return switch (type) {
            case F32 -> "float32";
            case F16 -> "float16";
            case BF16 -> "bfloat16";
            case F64, I64, I32, U8, BOOL -> type.name().toLowerCase(Locale.ROOT);
        };
    }
}
