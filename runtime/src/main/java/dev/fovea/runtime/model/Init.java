package dev.fovea.runtime.model;

import dev.fovea.runtime.ir.Shape;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/// How a parameter starts.
public sealed interface Init {
    /// Elements of a piece of starting values: a table of words has more than fit into a small heap.
    int PIECE = 1 << 18;

    /// Every element the same.
    record Constant(double value) implements Init {}

    /// Normal numbers of mean 0.
    record Normal(double deviation) implements Init {}

    /// Uniform within +- sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio): the weights of SigLIP's own training.
    record Xavier() implements Init {}

    /// Uniform within +- 1 / sqrt(fanIn): the reference framework's default for linear layers.
    record Uniform(int fanIn) implements Init {}

    /// Receives the elements of a parameter from `first` on.
    @FunctionalInterface
    interface Sink {
        /// The first `count` of `values`, which are overwritten after the call.
        void accept(long first, float[] values, int count);
    }

    /// The starting values of a parameter, piece by piece: a pure function of (seed, name), so that order of
    /// creation does not matter.
    static void values(Init init, String name, Shape shape, long seed, Sink sink) {
        SplittableRandom random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L ^ hash(name));
        int elements = shape.elements();
        float[] data = new float[Math.min(elements, PIECE)];
        double bound = switch (init) {
            case Constant c -> c.value();
            case Normal n -> n.deviation();
            case Xavier _ -> Math.sqrt(6.0 / (shape.dim(0) + elements / (double) shape.dim(0)));
            case Uniform u -> 1 / Math.sqrt(u.fanIn());
        };
        for (long first = 0; first < elements; first += PIECE) {
            int count = (int) Math.min(PIECE, elements - first);
            for (int i = 0; i < count; i++) {
                data[i] = (float)
                        switch (init) {
                            case Constant _ -> bound;
                            case Normal _ -> bound * random.nextGaussian();
                            case Xavier _, Uniform _ -> random.nextDouble(-bound, bound);
                        };
            }
            sink.accept(first, data, count);
        }
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
