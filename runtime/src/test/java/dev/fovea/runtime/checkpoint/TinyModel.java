package dev.fovea.runtime.checkpoint;

import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.ir.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SplittableRandom;

/// A model with every part, small enough to write a hundred times.
final class TinyModel {
    private TinyModel() {}

    static ModelSpec spec() {
        return new ModelSpec(
                new ModelSpec.Vision("vit", 8, 2, 2, 13, 4, "map"),
                new ModelSpec.Ps3(
                        List.of(8, 16, 32),
                        new ModelSpec.Select(
                                ModelSpec.Strategy.TOP_DOWN,
                                List.of(0, 1),
                                12,
                                null,
                                new ModelSpec.HighresFeature(16, 4, 5, 1, 4, "mean")),
                        true,
                        true,
                        false),
                new ModelSpec.Text("transformer", 6, 1, 2, 11, 5, 11, "last", ModelSpec.Gelu.TANH, false));
    }

    /// Values for every parameter; logit_scale within what training allows.
    static SequencedMap<String, float[]> values(long seed) {
        SequencedMap<String, float[]> values = new LinkedHashMap<>();
        SplittableRandom random = new SplittableRandom(seed);
        ModelParameters.of(spec()).forEach((name, shape) -> {
            float[] all = new float[shape.elements()];
            for (int i = 0; i < all.length; i++) {
                all[i] = (float) random.nextGaussian();
            }
            values.put(name, name.equals("logit_scale") ? new float[] {2.5f} : all);
        });
        return values;
    }

    static long[] shape(Shape shape) {
        return Arrays.stream(shape.dims()).asLongStream().toArray();
    }

    static void write(Store store, Map<String, float[]> values) {
        try (Arena arena = Arena.ofConfined()) {
            values.forEach((name, all) -> store.write(name, arena.allocateFrom(ValueLayout.JAVA_FLOAT, all)));
        }
    }

    static float[] read(Store store, String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment floats = arena.allocate(4L * store.elements(name), 4);
            store.read(name, floats);
            return floats.toArray(ValueLayout.JAVA_FLOAT);
        }
    }
}
