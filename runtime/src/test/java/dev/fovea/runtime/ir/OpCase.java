package dev.fovea.runtime.ir;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;

/// One op on concrete random data; every number is a float32 so that all backends get the same input.
///
/// @param nodes the op, and for a differentiable one its backward nodes
@org.jspecify.annotations.NullUnmarked
public record OpCase(String name, long seed, GraphBuilder builder, List<Node> nodes, Map<Value, double[]> data) {
    /// Makes data for a case.
    public static final class Inputs {
        final GraphBuilder b = new GraphBuilder();
        final Map<Value, double[]> data = new HashMap<>();
        final SplittableRandom random;
        private int count;

        Inputs(long seed) {
            random = new SplittableRandom(seed);
        }

        private Value put(DType type, Shape shape, Function<Integer, Double> element) {
            Value v = b.input("in" + count++, type, shape);
            data.put(
                    v,
                    IntStream.range(0, shape.elements())
                            .mapToDouble(i -> (float) (double) element.apply(i))
                            .toArray());
            return v;
        }

        /// Normal numbers.
        public Value normal(int... dims) {
            return put(DType.F32, Shape.of(dims), _ -> random.nextGaussian());
        }

        /// Numbers between `low` and `high`.
        public Value between(double low, double high, int... dims) {
            return put(DType.F32, Shape.of(dims), _ -> random.nextDouble(low, high));
        }

        /// Zeros and ones, the first always `first`.
        public Value flags(int first, int... dims) {
            return put(DType.F32, Shape.of(dims), i -> i == 0 ? first : random.nextInt(2) * 1.0);
        }

        /// Indices below `bound`.
        public Value indices(int bound, int... dims) {
            return put(DType.I32, Shape.of(dims), _ -> random.nextInt(bound) * 1.0);
        }

        /// Distinct normal numbers.
        public Value distinct(int... dims) {
            return put(DType.F32, Shape.of(dims), i -> random.nextInt(1000) + i / 1024.0);
        }
    }

    /// The forward op alone on the data of `inputs`, followed by its backward nodes for a random output gradient.
    static OpCase of(String name, long seed, Function<Inputs, Op> make) {
        Inputs inputs = new Inputs(seed);
        Op op = make.apply(inputs);
        List<Value> outputs = inputs.b.addAll(op);
        if (op instanceof Op.Differentiable d) {
            Value dy = inputs.normal(outputs.getFirst().shape().dims());
            List<Value> dys = new java.util.ArrayList<>();
            dys.add(dy);
            for (int i = 1; i < outputs.size(); i++) {
                dys.add(null);
            }
            d.gradient(inputs.b, outputs, dys);
        }
        return new OpCase(name, seed, inputs.b, inputs.b.nodes(), inputs.data);
    }

    /// Data of every value, by the definitions.
    public Map<Value, double[]> evaluate() {
        Map<Value, double[]> all = new HashMap<>(data);
        for (Node n : nodes) {
            double[][] in = n.op().inputs().stream().map(all::get).toArray(double[][]::new);
            double[][] out = n.outputs().stream()
                    .map(v -> new double[v.shape().elements()])
                    .toArray(double[][]::new);
            n.op().evaluate(in, out);
            for (int j = 0; j < out.length; j++) {
                all.put(n.outputs().get(j), out[j]);
            }
        }
        return all;
    }

    @Override
    public String toString() {
        return name + " (seed " + seed + ")";
    }
}
