package dev.fovea.runtime.ir;

import java.util.List;

/// Numbers about values, used by the optimizer and for the log; no gradient passes.
public sealed interface MeasureOp extends Op {
    /// values -> the Euclidean norm over all their elements ()
    record GlobalNorm(List<Value> values) implements MeasureOp {
        /// Copies the list.
        public GlobalNorm {
            values = List.copyOf(values);
        }

        @Override
        public List<Value> inputs() {
            return values;
        }

        @Override
        public List<Shape> outputShapes() {
            return List.of(Shape.of());
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            double sum = 0;
            for (double[] v : in) {
                for (double x : v) {
                    sum += x * x;
                }
            }
            out[0][0] = Math.sqrt(sum);
        }
    }

    /// norm () -> the factor that brings a gradient of this norm to at most `limit` ()
    record ClipFactor(Value norm, double limit) implements MeasureOp {
        @Override
        public List<Value> inputs() {
            return List.of(norm);
        }

        @Override
        public List<Shape> outputShapes() {
            Check.that(norm.shape().elements() == 1 && limit > 0, "clip factor: %s to %s", norm, limit);
            return List.of(Shape.of());
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            out[0][0] = Math.min(1, limit / (in[0][0] + 1e-6));
        }
    }
}
