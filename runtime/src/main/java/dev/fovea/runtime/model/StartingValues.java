package dev.fovea.runtime.model;

import dev.fovea.runtime.exec.Store;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Writes what parameters start with into a store.
public final class StartingValues {
    private StartingValues() {}

    /// Gives a parameter, still 0 as the store makes it, its starting values.
    ///
    /// @param name its name in the store, which is also what its values are drawn by
    public static void write(Store store, String name, Parameters.Recipe recipe, long seed) {
        if (recipe.init().equals(new Init.Constant(0))) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment piece = arena.allocate(ValueLayout.JAVA_FLOAT, Init.PIECE);
            Init.values(recipe.init(), name, recipe.value().shape(), seed, (first, values, count) -> {
                MemorySegment.copy(values, 0, piece, ValueLayout.JAVA_FLOAT, 0, count);
                store.write(name, first, piece.asSlice(0, 4L * count));
            });
        }
    }
}
