package dev.fovea.runtime.checkpoint;

import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.exec.cpu.CpuBackend;
import dev.fovea.runtime.ir.GraphBuilder;
import dev.fovea.runtime.ir.LinearOp;
import dev.fovea.runtime.ir.PointwiseOp;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.ir.Value;
import dev.fovea.runtime.plan.MemoryPlan;
import dev.fovea.runtime.plan.MemoryPlanner;
import dev.fovea.runtime.plan.Program;
import dev.fovea.runtime.plan.Segmenter;
import dev.fovea.runtime.store.SafetensorsWriter;
import dev.fovea.runtime.store.StoredType;
import dev.fovea.runtime.store.TensorInfo;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SplittableRandom;

/// Makes a folder in PS3's layout with random weights, of 1.29 billion parameters unless told otherwise, and
/// measures how long it takes to load and how much memory. Run by hand: `LargeCheckpoint make DIR
/// [f32|f16|bf16]`, then `LargeCheckpoint load DIR` in a process of its own.
final class LargeCheckpoint {
    private LargeCheckpoint() {}

    /// The released 4K model on SigLIP 2: 1 286 241 584 parameters and two scalars of the loss.
    static ModelSpec ps34kSiglip2() {
        return new ModelSpec(
                new ModelSpec.Vision("vit", 1152, 27, 16, 4304, 14, "map"),
                new ModelSpec.Ps3(
                        List.of(378, 756, 1512, 3780),
                        new ModelSpec.Select(
                                ModelSpec.Strategy.TOP_DOWN,
                                List.of(0, 9, 18, 26),
                                2560,
                                null,
                                new ModelSpec.HighresFeature(1512, 512, 512, 3, 28, "mean")),
                        true,
                        true,
                        false),
                new ModelSpec.Text("transformer", 1152, 27, 16, 4304, 64, 256_000, "last", ModelSpec.Gelu.TANH, false));
    }

    /// Writes a folder with random weights, a few bytes at a time.
    static void make(ModelSpec model, Path folder, StoredType type, long seed) throws IOException {
        Files.createDirectories(folder);
        ModelConfig config = ModelConfig.of(model, 0.5, 0.5);
        Files.writeString(
                folder.resolve("config.json"),
                Ps3Config.config(config, "float32").toString());
        SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "pt");
        ModelParameters.of(model).forEach((name, shape) -> {
            long[] sizes = Arrays.stream(shape.dims()).asLongStream().toArray();
            SplittableRandom random = new SplittableRandom(seed ^ name.hashCode());
            writer.add(name, new TensorInfo(type, sizes), out -> fill(out, random, shape.elements(), type));
        });
        writer.write(folder.resolve("model.safetensors"));
    }

    private static void fill(OutputStream out, SplittableRandom random, long count, StoredType type)
            throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
        for (long i = 0; i < count; i++) {
            float value = ((random.nextInt() >> 8) + 0.5f) * 0x1p-28f; // within +-1/32
            switch (type) {
                case F16 -> bytes.putShort(Float.floatToFloat16(value));
                case BF16 -> bytes.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
                default -> bytes.putFloat(value);
            }
            if (!bytes.hasRemaining() || i == count - 1) {
                out.write(bytes.array(), 0, bytes.position());
                bytes.clear();
            }
        }
    }

    /// A store with these parameters, all 0, as a compiled program makes it.
    static Store store(CpuBackend backend, SequencedMap<String, Shape> parameters) {
        GraphBuilder b = new GraphBuilder();
        parameters.forEach(b::parameter);
        Value x = b.parameter("scratch.x", Shape.of(1, 2)), w = b.parameter("scratch.w", Shape.of(2, 2));
        Value y = b.add(new LinearOp.Linear(x, w, b.parameter("scratch.b", Shape.of(2))));
        b.result("y", b.add(new PointwiseOp.Add(y, y)));
        Program program = Segmenter.split(b.build());
        MemoryPlan plan = MemoryPlanner.plan(program);
        Store store = backend.store();
        backend.compile(program, plan, Map.of(), store).close();
        return store;
    }

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[1]);
        PrintStream out = System.out;
        if (arguments[0].equals("make")) {
            String type = arguments.length > 2 ? arguments[2].toUpperCase(Locale.ROOT) : "F32";
            make(ps34kSiglip2(), folder, StoredType.valueOf(type), 1);
            return;
        }
        long start = System.nanoTime();
        PretrainedModel model = PretrainedModel.open(folder);
        double opened = (System.nanoTime() - start) / 1e9;
        SequencedMap<String, Shape> parameters = ModelParameters.of(model.requireConfig());
        long count = parameters.values().stream().mapToLong(Shape::elements).sum();
        try (CpuBackend backend = new CpuBackend(2);
                Store store = store(backend, parameters)) {
            double stored = (System.nanoTime() - start) / 1e9;
            WeightLoader.Loaded loaded = WeightLoader.load(model, parameters, parameters, true, store);
            double seconds = (System.nanoTime() - start) / 1e9;
            long peak = peakBytes();
            out.printf(
                    "%d parameters, %d taken; opened %.2f s, store %.2f s, all %.2f s; peak %.3f GB, weights %.3f GB, +%.1f %%%n",
                    count,
                    loaded.taken().size(),
                    opened,
                    stored,
                    seconds,
                    peak / 1e9,
                    4e-9 * count,
                    100.0 * (peak - 4 * count) / (4 * count));
        }
    }

    private static long peakBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmHWM"))
                .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }
}
