package dev.fovea.runtime.encode;

import dev.fovea.runtime.exec.Store;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Set;
import java.util.SplittableRandom;

/// Small random numbers for models that are only to be timed. The same numbers for the same name and seed.
///
/// @param seed of the numbers
public record RandomWeights(long seed) implements Weights {
    private static final double SPREAD = 0.05;

    @Override
    public void load(Store store, Set<String> names) {
        for (String name : names) {
            SplittableRandom random = new SplittableRandom(seed ^ name.hashCode());
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment values = arena.allocate(4L * store.elements(name), Float.BYTES);
                for (long i = 0; i < store.elements(name); i++) {
                    values.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextDouble(-SPREAD, SPREAD));
                }
                store.write(name, values);
            }
        }
    }
}
