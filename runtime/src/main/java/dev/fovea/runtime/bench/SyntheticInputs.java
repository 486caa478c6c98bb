package dev.fovea.runtime.bench;

import dev.fovea.runtime.exec.Session;
import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.ir.DType;
import dev.fovea.runtime.ir.Graph;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.ir.Value;
import dev.fovea.runtime.model.Parameters;
import dev.fovea.runtime.model.StartingValues;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SequencedMap;
import java.util.SplittableRandom;

/// Numbers for a program that is only to be timed: parameters as at the start of training, noise for pictures, one
/// box a picture over a twelfth of it, random words. The same on every call.
final class SyntheticInputs {
    private static final long SEED = 5;

    private SyntheticInputs() {}

    /// Gives parameters their starting values.
    static void parameters(SequencedMap<String, Parameters.Recipe> recipes, Store store) {
        recipes.forEach((name, recipe) -> {
            if (store.names().contains(name)) {
                StartingValues.write(store, name, recipe, SEED);
            }
        });
    }

    /// Writes every input of a program.
    ///
    /// @param vocabulary rows of the table of words
    static void write(Graph graph, Session session, int vocabulary) {
        for (Value input : graph.inputs()) {
            switch (input.name()) {
                case "box_map", "prior_box_map" -> write(input, session, SyntheticInputs::box);
                case "tokens" -> {
                    SplittableRandom words = new SplittableRandom(SEED);
                    write(input, session, (_, _) -> words.nextInt(vocabulary));
                }
                case "global", "step" -> write(input, session, (_, _) -> 0);
                case "one" -> session.write(input, 1);
                case "rates" -> session.write(input, 1e-4, 0.1, 0.05);
                default -> {
                    SplittableRandom noise = new SplittableRandom(SEED);
                    write(input, session, (_, _) -> noise.nextDouble(-1, 1));
                }
            }
        }
    }

    /// Element `i` of a value.
    private interface Element {
        double at(Shape shape, int i);
    }

    /// shape (B,H,W): 1 in the upper left quarter by third
    private static double box(Shape shape, int i) {
        int width = shape.dim(2), height = shape.dim(1);
        return i / width % height < Math.ceilDiv(height, 4) && i % width < Math.ceilDiv(width, 3) ? 1 : 0;
    }

    private static void write(Value input, Session session, Element element) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocate(input.bytes(), 64);
            for (int i = 0; i < input.shape().elements(); i++) {
                double x = element.at(input.shape(), i);
                if (input.type() == DType.F32) {
                    data.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) x);
                } else {
                    data.setAtIndex(ValueLayout.JAVA_INT, i, (int) x);
                }
            }
            session.write(input, data);
        }
    }
}
