package dev.fovea.runtime.ir;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// y = x . wT + bias over the last axis. The weight keeps its checkpoint layout (O, I); a convolution whose
/// stride is
/// its
/// kernel is the same product, its weight (O, C, kernel, kernel) read as (O, C*kernel*kernel).
///
/// Legend: R rows (all leading axes), I inputs, O outputs.
public final class LinearOp {
    private LinearOp() {}

    /// Forward ops of the family.
    public sealed interface Forward extends Op.Differentiable permits Linear, Project {}

    /// Backward ops of the family.
    public sealed interface Backward extends Op permits LinearBackwardInput, LinearBackwardWeight, SumRows {}

    static int outputs(Value w) {
        return w.shape().dim(0);
    }

    static int inputs(Value w) {
        return w.shape().elements() / w.shape().dim(0);
    }

    /// x (R,I), w (O,I), bias (O) or none -> y (R,O)
    public record Linear(Value x, Value w, @Nullable Value bias) implements Forward {
        @Override
        public List<Value> inputs() {
            return bias == null ? List.of(x, w) : List.of(x, w, bias);
        }

        @Override
        public List<Shape> outputShapes() {
            Check.that(w.shape().rank() >= 2 && x.shape().dim(-1) == LinearOp.inputs(w), "linear: x %s, w %s", x, w);
            Check.that(bias == null || bias.shape().elements() == outputs(w), "linear: w %s, bias %s", w, bias + "");
            return List.of(x.shape().withLast(outputs(w)));
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int ni = LinearOp.inputs(w), no = outputs(w), nr = x.shape().rows();
            for (int r = 0; r < nr; r++) {
                for (int o = 0; o < no; o++) {
                    double sum = bias == null ? 0 : in[2][o];
                    for (int i = 0; i < ni; i++) {
                        sum += in[0][r * ni + i] * in[1][o * ni + i];
                    }
                    out[0][r * no + o] = sum;
                }
            }
        }

        @Override
        public long flops() {
            return 2L * x.shape().elements() * outputs(w);
        }

        @Override
        public List<@Nullable Value> gradient(GraphBuilder b, List<Value> outputs, List<@Nullable Value> dys) {
            Value dy = dys.getFirst();
            List<@Nullable Value> gradients = new ArrayList<>();
            if (dy == null) {
                return gradients;
            }
            // the weight's gradient comes first: after it, nobody may need x any more
            Value dw = b.add(new LinearBackwardWeight(x, dy, w.shape()));
            gradients.add(b.add(new LinearBackwardInput(dy, w)));
            gradients.add(dw);
            if (bias != null) {
                gradients.add(b.add(new SumRows(dy, bias.shape())));
            }
            return gradients;
        }
    }

    /// x (R,I), w (I,O) -> y (R,O) = x . w: a projection stored as a plain matrix
    public record Project(Value x, Value w) implements Forward {
        @Override
        public List<Value> inputs() {
            return List.of(x, w);
        }

        @Override
        public List<Shape> outputShapes() {
            Check.that(w.shape().rank() == 2 && x.shape().dim(-1) == w.shape().dim(0), "projection: x %s, w %s", x, w);
            return List.of(x.shape().withLast(w.shape().dim(1)));
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int ni = w.shape().dim(0), no = w.shape().dim(1), nr = x.shape().rows();
            for (int r = 0; r < nr; r++) {
                for (int i = 0; i < ni; i++) {
                    for (int o = 0; o < no; o++) {
                        out[0][r * no + o] += in[0][r * ni + i] * in[1][i * no + o];
                    }
                }
            }
        }

        @Override
        public long flops() {
            return 2L * x.shape().elements() * w.shape().dim(1);
        }

        @Override
        public List<@Nullable Value> gradient(GraphBuilder b, List<Value> outputs, List<@Nullable Value> dys) {
            Value dy = dys.getFirst();
            if (dy == null) {
                return List.of();
            }
            Value dw = b.add(new LinearBackwardWeight(dy, x, w.shape()));
            return List.of(b.add(new Linear(dy, w, null)), dw);
        }
    }

    /// dy (R,O), w (O,I) -> dx (R,I)
    public record LinearBackwardInput(Value dy, Value w) implements Backward {
        @Override
        public List<Value> inputs() {
            return List.of(dy, w);
        }

        @Override
        public List<Shape> outputShapes() {
            return List.of(dy.shape().withLast(LinearOp.inputs(w)));
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int ni = LinearOp.inputs(w), no = outputs(w), nr = dy.shape().rows();
            for (int r = 0; r < nr; r++) {
                for (int o = 0; o < no; o++) {
                    for (int i = 0; i < ni; i++) {
                        out[0][r * ni + i] += in[0][r * no + o] * in[1][o * ni + i];
                    }
                }
            }
        }

        @Override
        public long flops() {
            return 2L * dy.shape().elements() * LinearOp.inputs(w);
        }
    }

    /// x (R,I), dy (R,O) -> dw (O,I) in the weight's own shape
    public record LinearBackwardWeight(Value x, Value dy, Shape weight) implements Backward {
        @Override
        public List<Value> inputs() {
            return List.of(x, dy);
        }

        @Override
        public List<Shape> outputShapes() {
            return List.of(weight);
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int ni = x.shape().dim(-1), no = dy.shape().dim(-1), nr = x.shape().rows();
            for (int r = 0; r < nr; r++) {
                for (int o = 0; o < no; o++) {
                    for (int i = 0; i < ni; i++) {
                        out[0][o * ni + i] += in[0][r * ni + i] * in[1][r * no + o];
                    }
                }
            }
        }

        @Override
        public long flops() {
            return 2L * x.shape().elements() * dy.shape().dim(-1);
        }
    }

    /// x (R,C) -> y (C): the sum of the rows, in the given shape; a bias gradient, or a gradient summed over the
    /// batch
    public record SumRows(Value x, Shape shape) implements Backward {
        @Override
        public List<Value> inputs() {
            return List.of(x);
        }

        @Override
        public List<Shape> outputShapes() {
            Check.that(x.shape().elements() % shape.elements() == 0, "sum rows: x %s to %s", x, shape);
            return List.of(shape);
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int columns = shape.elements();
            Arrays.fill(out[0], 0);
            for (int i = 0; i < in[0].length; i++) {
                out[0][i % columns] += in[0][i];
            }
        }
    }
}
