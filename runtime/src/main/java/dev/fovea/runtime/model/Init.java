package dev.fovea.runtime.model;

import dev.fovea.runtime.ir.Shape;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/// How a parameter starts.
public sealed interface Init {
    /// Every element the same.
    record Constant(double value) implements Init {}

    /// Normal numbers of mean 0.
    record Normal(double deviation) implements Init {}

    /// Uniform within +- sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio): the weights of SigLIP's own training.
    record Xavier() implements Init {}

    /// Uniform within +- 1 / sqrt(fanIn): the reference framework's default for linear layers.
    record Uniform(int fanIn) implements Init {}

    /// The starting values of a parameter, a pure function of (seed, name), so that order of creation does not
    /// matter.
    static float[] values(Init init, String name, Shape shape, long seed) {
        SplittableRandom random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L ^ hash(name));
        float[] data = new float[shape.elements()];
        double bound = switch (init) {
            case Constant c -> c.value();
            case Normal n -> n.deviation();
            case Xavier _ -> Math.sqrt(6.0 / (shape.dim(0) + shape.elements() / (double) shape.dim(0)));
            case Uniform u -> 1 / Math.sqrt(u.fanIn());
        };
        for (int i = 0; i < data.length; i++) {
            data[i] = (float)
                    switch (init) {
                        case Constant _ -> bound;
                        case Normal _ -> bound * random.nextGaussian();
                        case Xavier _, Uniform _ -> random.nextDouble(-bound, bound);
                    };
        }
        return data;
    }

    /// FNV-1a over the UTF-8 bytes.
    private static long hash(String name) {
        long h = 0xCBF29CE484222325L;
        for (byte c : name.getBytes(StandardCharsets.UTF_8)) {
            h = (h ^ c) * 0x100000001B3L;
        }
        return h;
    }
}
