package dev.fovea.runtime.ir;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Ops that treat every element alone, or every row by one number.
///
/// Legend: S any shape, R rows, C channels, B batch, D width.
public final class PointwiseOp {
    private PointwiseOp() {}

    /// Forward ops of the family.
    public sealed interface Forward extends Op.Differentiable
            permits Add, Scale, Gelu, ScaleChannels, SelectionProbability, WhereRows {}

    /// Backward ops of the family.
    public sealed interface Backward extends Op
            permits GeluBackward, ScaleChannelsBackward, SelectionProbabilityBackward, WhereRowsBackward {}

    /// The two forms of GELU: exact, and the tanh approximation.
    public enum GeluKind {
        /// x * Phi(x) with the error function
        ERF,
        /// 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))
        TANH
    }

    /// a (S), b (S) -> a + b (S)
    public record Add(Value a, Value b) implements Forward {
        @Override
        public List<Value> inputs() {
            return List.of(a, b);
        }

        @Override
        public List<Shape> outputShapes() {
            Check.that(a.shape().equals(b.shape()), "add: a %s, b %s", a, b);
            return List.of(a.shape());
        }

        @Override
        public boolean overwrites(int j, int i) {
            return true;
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            Arrays.setAll(out[0], i -> in[0][i] + in[1][i]);
        }

        @Override
        public List<@Nullable Value> gradient(GraphBuilder builder, List<Value> outputs, List<@Nullable Value> dys) {
            return Arrays.asList(dys.getFirst(), dys.getFirst());
        }
    }

    /// x (S) -> factor * x (S)
    public record Scale(Value x, double factor) implements Forward {
        @Override
        public List<Value> inputs() {
            return List.of(x);
        }

        @Override
        public List<Shape> outputShapes() {
            return List.of(x.shape());
        }

        @Override
        public boolean overwrites(int j, int i) {
            return true;
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            Arrays.setAll(out[0], i -> factor * in[0][i]);
        }

        @Override
        public List<@Nullable Value> gradient(GraphBuilder b, List<Value> outputs, List<@Nullable Value> dys) {
            Value dy = dys.getFirst();
            return dy == null ? List.of() : Arrays.asList(b.add(new Scale(dy, factor)));
        }
    }

    /// x (S) -> gelu(x) (S)
    public record Gelu(Value x, GeluKind kind) implements Forward {
        @Override
        public List<Value> inputs() {
            return List.of(x);
        }

        @Override
        public List<Shape> outputShapes() {
            return List.of(x.shape());
        }

        @Override
        public boolean overwrites(int j, int i) {
            return true;
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            Arrays.setAll(out[0], i -> Functions.gelu(in[0][i], kind));
        }

        @Override
        public List<@Nullable Value> gradient(GraphBuilder b, List<Value> outputs, List<@Nullable Value> dys) {
            Value dy = dys.getFirst();
            return dy == null ? List.of() : Arrays.asList(b.add(new GeluBackward(x, dy, kind)));
        }
    }

    /// x (S), dy (S) -> dx (S)
    public record GeluBackward(Value x, Value dy, GeluKind kind) implements Backward {
        @Override
        public List<Value> inputs() {
            return List.of(x, dy);
        }

        @Override
        public List<Shape> outputShapes() {
            return List.of(x.shape());
        }

        @Override
        public boolean overwrites(int j, int i) {
            return true;
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            Arrays.setAll(out[0], i -> in[1][i] * Functions.geluSlope(in[0][i], kind));
        }
    }

    /// x (R,C), scale (C) -> y (R,C): ConvNeXt's layer scale
    public record ScaleChannels(Value x, Value scale) implements Forward {
        @Override
        public List<Value> inputs() {
            return List.of(x, scale);
        }

        @Override
        public List<Shape> outputShapes() {
            Check.that(scale.shape().elements() == x.shape().dim(-1), "scale channels: x %s, scale %s", x, scale);
            return List.of(x.shape());
        }

        @Override
        public boolean overwrites(int j, int i) {
            return i == 0;
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            Arrays.setAll(out[0], i -> in[0][i] * in[1][i % in[1].length]);
        }

        @Override
        public List<@Nullable Value> gradient(GraphBuilder b, List<Value> outputs, List<@Nullable Value> dys) {
            Value dy = dys.getFirst();
            return dy == null ? List.of() : List.copyOf(b.addAll(new ScaleChannelsBackward(x, scale, dy)));
        }
    }

    /// x (R,C), scale (C), dy (R,C) -> dx (R,C), dscale (C)
    public record ScaleChannelsBackward(Value x, Value scale, Value dy) implements Backward {
        @Override
        public List<Value> inputs() {
            return List.of(x, scale, dy);
        }

        @Override
        public List<Shape> outputShapes() {
            return List.of(x.shape(), scale.shape());
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int c = in[1].length;
            for (int i = 0; i < in[0].length; i++) {
                out[0][i] = in[2][i] * in[1][i % c];
                out[1][i % c] += in[2][i] * in[0][i];
            }
        }
    }

    /// a (S), b (S) or none -> sigmoid(clamp(temperature * mean(a, b), -10, 10)) (S): cosines to selection
    /// probability
    public record SelectionProbability(Value a, @Nullable Value b, double temperature) implements Forward {
        /// The clamp of the logits.
        public static final double LIMIT = 10;

        @Override
        public List<Value> inputs() {
            return b == null ? List.of(a) : List.of(a, b);
        }

        @Override
        public List<Shape> outputShapes() {
            Check.that(b == null || a.shape().equals(b.shape()), "selection probability: a %s, b %s", a, b + "");
            return List.of(a.shape());
        }

        double logit(double[][] in, int i) {
            return temperature * (b == null ? in[0][i] : (in[0][i] + in[1][i]) / 2);
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            Arrays.setAll(out[0], i -> Functions.sigmoid(Math.clamp(logit(in, i), -LIMIT, LIMIT)));
        }

        @Override
        public List<@Nullable Value> gradient(GraphBuilder builder, List<Value> outputs, List<@Nullable Value> dys) {
            Value dy = dys.getFirst();
            if (dy == null) {
                return List.of();
            }
            Value da = builder.add(new SelectionProbabilityBackward(this, dy));
            return b == null ? List.of(da) : List.of(da, da);
        }
    }

    /// a, b, dy (S) -> the gradient of a, and of b alike (S); 0 where the logit is clamped
    public record SelectionProbabilityBackward(SelectionProbability of, Value dy) implements Backward {
        @Override
        public List<Value> inputs() {
            return of.b == null ? List.of(of.a, dy) : List.of(of.a, of.b, dy);
        }

        @Override
        public List<Shape> outputShapes() {
            return List.of(of.a.shape());
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            double[] gradient = in[in.length - 1];
            double factor = of.temperature / (of.b == null ? 1 : 2);
            for (int i = 0; i < gradient.length; i++) {
                double logit = of.logit(in, i), p = Functions.sigmoid(logit);
                boolean inside = Math.abs(logit) <= SelectionProbability.LIMIT;
                out[0][i] = inside ? gradient[i] * p * (1 - p) * factor : 0;
            }
        }
    }

    /// rows (B or B,1), a (B,D), b (B,D) -> a where the row's number is not 0, else b
    public record WhereRows(Value rows, Value a, Value b) implements Forward {
        @Override
        public List<Value> inputs() {
            return List.of(rows, a, b);
        }

        @Override
        public List<Shape> outputShapes() {
            Check.that(
                    a.shape().equals(b.shape())
                            && rows.shape().elements() == a.shape().rows(),
                    "where: rows %s, a %s, b %s",
                    rows,
                    a,
                    b);
            return List.of(a.shape());
        }

        @Override
        public boolean overwrites(int j, int i) {
            return i > 0;
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int d = a.shape().dim(-1);
            Arrays.setAll(out[0], i -> in[0][i / d] != 0 ? in[1][i] : in[2][i]);
        }

        @Override
        public List<@Nullable Value> gradient(GraphBuilder builder, List<Value> outputs, List<@Nullable Value> dys) {
            Value dy = dys.getFirst();
            if (dy == null) {
                return List.of();
            }
            List<Value> d = builder.addAll(new WhereRowsBackward(rows, dy));
            return Arrays.asList(null, d.get(0), d.get(1));
        }
    }

    /// rows (B), dy (B,D) -> da (B,D), db (B,D), each 0 where the other was taken
    public record WhereRowsBackward(Value rows, Value dy) implements Backward {
        @Override
        public List<Value> inputs() {
            return List.of(rows, dy);
        }

        @Override
        public List<Shape> outputShapes() {
            return List.of(dy.shape(), dy.shape());
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int d = dy.shape().dim(-1);
            for (int i = 0; i < in[1].length; i++) {
                out[in[0][i / d] != 0 ? 0 : 1][i] = in[1][i];
            }
        }
    }
}
