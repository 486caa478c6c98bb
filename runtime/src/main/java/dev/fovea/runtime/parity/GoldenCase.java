package dev.fovea.runtime.parity;

import dev.fovea.dsl.run.StoreException;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.store.Safetensors;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.SequencedMap;
import java.util.SequencedSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One recorded case of the reference: `config.json` (call, params, shapes, tolerances), `inputs.safetensors`,
/// `outputs.safetensors`, and the weights of its model, which several cases share.
public final class GoldenCase {
    private final Path folder;
    private final JsonNode config;

    /// Values of any stored type, widened.
    ///
    /// @param shape sizes, row-major; empty for a scalar
    /// @param data the elements
    public record Values(long[] shape, double[] data) {
        /// The elements as floats.
        public float[] floats() {
            float[] values = new float[data.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) data[i];
            }
            return values;
        }

        /// The shape as graphs want it.
        public Shape dims() {
            return Shape.of(Arrays.stream(shape).mapToInt(Math::toIntExact).toArray());
        }
    }

    private GoldenCase(Path folder, JsonNode config) {
        this.folder = folder;
        this.config = config;
    }

    /// The case in this folder.
    ///
    /// @throws GoldenException if its config.json cannot be read, or describes no outputs
    public static GoldenCase open(Path folder) {
        Path file = folder.resolve("config.json");
        JsonNode config = json(file);
        for (String group : new String[] {"inputs", "outputs"}) {
            if (!config.path(group).isObject()) {
                throw new GoldenException(file + ": `" + group + "` must describe tensors by name");
            }
        }
        return new GoldenCase(folder, config);
    }

    /// Name of the case: its folder's.
    public String name() {
        return String.valueOf(folder.getFileName());
    }

    /// Call, parameters, notes and tensors of the case.
    public JsonNode config() {
        return config;
    }

    /// The reference's call that was recorded; kinds are recognised by it.
    public String call() {
        return config.path("call").asString("");
    }

    /// Parameters of the call; missing ones read as missing nodes.
    public JsonNode params() {
        return config.path("params");
    }

    /// A file of the case.
    ///
    /// @throws GoldenException if it cannot be read
    public byte[] file(String name) {
        return bytes(folder.resolve(name));
    }

    /// Whether this input is recorded, as values or as a U8 picture.
    public boolean hasInput(String name) {
        JsonNode inputs = config.get("inputs");
        return inputs.has(name) || inputs.has(name + "_u8");
    }

    /// Names of the inputs as recorded.
    public SequencedSet<String> inputs() {
        return new LinkedHashSet<>(config.get("inputs").propertyNames());
    }

    /// An input. A picture stored under `<name>_u8` becomes `(u8/255 - 0.5)/0.5`, each operation in float32.
    public Values input(String name) {
        boolean picture =
                !config.get("inputs").has(name) && config.get("inputs").has(name + "_u8");
        Values stored = read("inputs", picture ? name + "_u8" : name);
        return picture ? normalized(stored) : stored;
    }

    /// Names of the outputs in the order of the case's config.
    public SequencedSet<String> outputs() {
        return new LinkedHashSet<>(config.get("outputs").propertyNames());
    }

    /// Names of the tensors in outputs.safetensors.
    public SequencedSet<String> storedOutputs() {
        try (Arena arena = Arena.ofConfined()) {
            return new LinkedHashSet<>(tensors("outputs", arena).names());
        }
    }

    /// An expected output.
    ///
    /// @throws GoldenException if it is not stored, or in another shape than config.json says
    public Values output(String name) {
        return read("outputs", name);
    }

    /// The largest difference allowed for an output; 0 for exact ones.
    ///
    /// @throws GoldenException if the case does not say
    public double atol(String name) {
        JsonNode tolerance = config.get("outputs").path(name).path("tolerance");
        if (tolerance.path("exact").asBoolean(false)) {
            return 0;
        }
        double atol = tolerance.path("atol").asDouble(Double.NaN);
        if (!(atol >= 0)) {
            throw new GoldenException(name() + "/config.json: outputs." + name
                    + ".tolerance must have an `atol` of at least 0, or `exact`");
        }
        return atol;
    }

    /// Whether the case has a model.
    public boolean hasModel() {
        return config.has("model");
    }

    /// Hyper-parameters of the case's model.
    public JsonNode modelConfig() {
        return json(folder.resolve(text("model")).resolve("config.json"));
    }

    /// Weights of the case's model, in file order.
    public SequencedMap<String, Values> weights() {
        Path file = folder.resolve(text("weights"));
        try (Arena arena = Arena.ofConfined()) {
            Safetensors stored = tensors(file, arena);
            SequencedMap<String, Values> weights = new LinkedHashMap<>();
            for (String name : stored.names()) {
                weights.put(name, new Values(stored.info(name).shape(), stored.doubles(name)));
            }
            return weights;
        }
    }

    @Override
    public String toString() {
        return name();
    }

    private String text(String key) {
        if (!config.path(key).isString()) {
            throw new GoldenException(name() + "/config.json: no `" + key + "`, which this kind of case needs");
        }
        return config.get(key).stringValue();
    }

    private static Values normalized(Values picture) {
        double[] values = new double[picture.data().length];
        for (int i = 0; i < values.length; i++) {
            float scaled = (float) picture.data()[i] / 255f;
            float centred = scaled - 0.5f;
            values[i] = centred / 0.5f;
        }
        return new Values(picture.shape(), values);
    }

    private Values read(String group, String name) {
        try (Arena arena = Arena.ofConfined()) {
            Safetensors file = tensors(group, arena);
            if (!file.names().contains(name)) {
                throw new GoldenException(name() + "/" + group + ".safetensors: no tensor " + name);
            }
            Values values = new Values(file.info(name).shape(), file.doubles(name));
            long[] described = config.get(group)
                    .path(name)
                    .path("shape")
                    .valueStream()
                    .mapToLong(JsonNode::asLong)
                    .toArray();
            if (!Arrays.equals(described, values.shape())) {
                throw new GoldenException(name() + ": " + name + " has shape " + Arrays.toString(values.shape())
                        + " in " + group + ".safetensors, but " + Arrays.toString(described) + " in config.json");
            }
            return values;
        }
    }

    private Safetensors tensors(String group, Arena arena) {
        return tensors(folder.resolve(group + ".safetensors"), arena);
    }

    private static Safetensors tensors(Path file, Arena arena) {
        if (!Files.exists(file)) {
            throw new GoldenException(file + ": no such file");
        }
        try {
            return Safetensors.open(file, arena);
        } catch (StoreException e) {
            throw new GoldenException(String.valueOf(e.getMessage()), e);
        }
    }

    static JsonNode json(Path file) {
        try {
            return JsonMapper.shared().readTree(bytes(file));
        } catch (JacksonException e) {
            throw new GoldenException(file + ": not JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new GoldenException(file + ": cannot be read: " + e, e);
        }
    }
}
