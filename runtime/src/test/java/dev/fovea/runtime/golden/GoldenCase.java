package dev.fovea.runtime.golden;

import dev.fovea.runtime.store.Safetensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.SequencedSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One recorded case of the reference: inputs, outputs with tolerances, and the weights of its model.
/// The files are described in `golden/README.md` of the test resources.
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
    }

    /// A weight as stored.
    ///
    /// @param shape sizes, row-major; empty for a scalar
    /// @param data the elements
    public record Weight(long[] shape, float[] data) {}

    private GoldenCase(Path folder) {
        this.folder = folder;
        this.config = json(folder.resolve("config.json"));
    }

    /// The case of this name.
    public static GoldenCase named(String name) {
        return new GoldenCase(root().resolve(name));
    }

    /// The cases whose names begin with `prefix`, in the order of names; never an empty list.
    public static List<GoldenCase> all(String prefix) {
        List<GoldenCase> cases = json(root().resolve("index.json"))
                .get("cases")
                .valueStream()
                .map(JsonNode::stringValue)
                .filter(name -> name.startsWith(prefix))
                .sorted()
                .map(GoldenCase::named)
                .toList();
        if (cases.isEmpty()) {
            throw new IllegalArgumentException("no golden case begins with '" + prefix + "'");
        }
        return cases;
    }

    /// Name of the case, such as `01_lowres_square`.
    public String name() {
        return String.valueOf(folder.getFileName());
    }

    /// Call, parameters, notes and tensors of the case.
    public JsonNode config() {
        return config;
    }

    /// Whether this input is recorded, as values or as a U8 picture.
    public boolean hasInput(String name) {
        JsonNode inputs = config.get("inputs");
        return inputs.has(name) || inputs.has(name + "_u8");
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

    /// An expected output.
    public Values output(String name) {
        return read("outputs", name);
    }

    /// The largest difference allowed for an output; 0 for exact integers.
    public double atol(String name) {
        JsonNode tolerance = Objects.requireNonNull(
                        config.get("outputs").get(name), () -> name() + ": no output " + name)
                .get("tolerance");
        return tolerance.path("exact").asBoolean(false)
                ? 0
                : tolerance.get("atol").doubleValue();
    }

    /// Whether the case has a model.
    public boolean hasModel() {
        return config.has("model");
    }

    /// Hyper-parameters of the case's model.
    public JsonNode modelConfig() {
        return json(folder.resolve(config.get("model").stringValue()).resolve("config.json"));
    }

    /// Weights of the case's model, in file order.
    public SequencedMap<String, Weight> weights() {
        try (Arena arena = Arena.ofConfined()) {
            Safetensors file =
                    Safetensors.open(folder.resolve(config.get("weights").stringValue()), arena);
            SequencedMap<String, Weight> weights = new LinkedHashMap<>();
            for (String name : file.names()) {
                weights.put(name, new Weight(file.info(name).shape(), file.floats(name)));
            }
            return weights;
        }
    }

    /// One weight of the case's model.
    public Weight weight(String name) {
        return Objects.requireNonNull(weights().get(name), () -> name() + ": no weight " + name);
    }

    /// Fails unless every element is within the recorded tolerance of the output. NaN fails.
    public void check(String output, double[] actual) {
        check(output, actual, atol(output));
    }

    /// [#check(String, double\[\])] for float values.
    public void check(String output, float[] actual) {
        double[] wide = new double[actual.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = actual[i];
        }
        check(output, wide);
    }

    /// Fails unless every element is within `atol` of the output. NaN fails.
    public void check(String output, double[] actual, double atol) {
        Values expected = output(output);
        String what = name() + ", " + output + Arrays.toString(expected.shape());
        if (actual.length != expected.data().length) {
            throw new AssertionError(what + ": " + actual.length + " elements, expected " + expected.data().length);
        }
        int wrong = 0;
        int worst = -1;
        double largest = -1;
        for (int i = 0; i < actual.length; i++) {
            double difference = difference(actual[i], expected.data()[i]);
            if (difference > atol) {
                wrong++;
            }
            if (difference > largest) {
                largest = difference;
                worst = i;
            }
        }
        if (wrong > 0) {
            throw new AssertionError("%s: %d of %d elements differ by more than %.3g; worst at %s: %.9g, expected %.9g"
                    .formatted(
                            what,
                            wrong,
                            actual.length,
                            atol,
                            Arrays.toString(index(worst, expected.shape())),
                            actual[worst],
                            expected.data()[worst]));
        }
    }

    /// Infinite where one is NaN or infinite and the other is not the same.
    private static double difference(double actual, double expected) {
        if (Double.compare(actual, expected) == 0) {
            return 0;
        }
        double difference = Math.abs(actual - expected);
        return Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
    }

    @Override
    public String toString() {
        return name();
    }

    private static long[] index(int flat, long[] shape) {
        long[] index = new long[shape.length];
        long rest = flat;
        for (int i = shape.length - 1; i >= 0; i--) {
            index[i] = rest % shape[i];
            rest /= shape[i];
        }
        return index;
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
            Safetensors file = Safetensors.open(folder.resolve(group + ".safetensors"), arena);
            return new Values(file.info(name).shape(), file.doubles(name));
        }
    }

    private static JsonNode json(Path file) {
        try {
            return JsonMapper.shared().readTree(Files.readAllBytes(file));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static Path root() {
        URL index = Objects.requireNonNull(GoldenCase.class.getResource("/golden/index.json"), "golden/index.json");
        try {
            return Objects.requireNonNull(Path.of(index.toURI()).getParent());
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(index.toString(), impossible);
        }
    }
}
