package dev.fovea.runtime.ir;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Normalisation over the last axis.
///
/// Legend: R rows, D width.
public final class NormOp {
    private NormOp() {}

    /// Forward ops of the family.
    public sealed interface Forward extends Op.Differentiable permits LayerNorm, Normalize {}

    /// Backward ops of the family.
    public sealed interface Backward extends Op permits LayerNormBackward, NormalizeBackward {}

    /// Mean and reciprocal standard deviation (biased) of row `r`.
    private static double[] moments(double[] x, int r, int d, double eps) {
        double mean = 0, variance = 0;
        for (int i = 0; i < d; i++) {
            mean += x[r * d + i] / d;
        }
        for (int i = 0; i < d; i++) {
            variance += (x[r * d + i] - mean) * (x[r * d + i] - mean) / d;
        }
        return new double[] {mean, 1 / Math.sqrt(variance + eps)};
    }

    /// x (R,D), gamma (D), beta (D) -> y (R,D) = (x - mean) / sqrt(variance + eps) * gamma + beta
    public record LayerNorm(Value x, Value gamma, Value beta, double eps) implements Forward {
        @Override
        public List<Value> inputs() {
            return List.of(x, gamma, beta);
        }

        @Override
        public List<Shape> outputShapes() {
            int d = x.shape().dim(-1);
            Check.that(
                    gamma.shape().elements() == d && beta.shape().elements() == d,
                    "layer norm: x %s, gamma %s, beta %s",
                    x,
                    gamma,
                    beta);
            return List.of(x.shape());
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int d = x.shape().dim(-1);
            for (int r = 0; r < x.shape().rows(); r++) {
                double[] m = moments(in[0], r, d, eps);
                for (int i = 0; i < d; i++) {
                    out[0][r * d + i] = (in[0][r * d + i] - m[0]) * m[1] * in[1][i] + in[2][i];
                }
            }
        }

        @Override
        public List<@Nullable Value> gradient(GraphBuilder b, List<Value> outputs, List<@Nullable Value> dys) {
            Value dy = dys.getFirst();
            return dy == null ? List.of() : new ArrayList<>(b.addAll(new LayerNormBackward(x, gamma, dy, eps)));
        }
    }

    /// x (R,D), gamma (D), dy (R,D) -> dx (R,D), dgamma (D), dbeta (D)
    public record LayerNormBackward(Value x, Value gamma, Value dy, double eps) implements Backward {
        @Override
        public List<Value> inputs() {
            return List.of(x, gamma, dy);
        }

        @Override
        public List<Shape> outputShapes() {
            return List.of(x.shape(), gamma.shape(), gamma.shape());
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int d = x.shape().dim(-1);
            for (int r = 0; r < x.shape().rows(); r++) {
                double[] m = moments(in[0], r, d, eps);
                double meanG = 0, meanGX = 0;
                for (int i = 0; i < d; i++) {
                    double dy = in[2][r * d + i], normal = (in[0][r * d + i] - m[0]) * m[1];
                    out[1][i] += dy * normal;
                    out[2][i] += dy;
                    meanG += dy * in[1][i] / d;
                    meanGX += dy * in[1][i] * normal / d;
                }
                for (int i = 0; i < d; i++) {
                    double normal = (in[0][r * d + i] - m[0]) * m[1];
                    out[0][r * d + i] = m[1] * (in[2][r * d + i] * in[1][i] - meanG - normal * meanGX);
                }
            }
        }
    }

    /// x (R,D) -> y (R,D) = x / max(|x|, eps), Euclidean
    public record Normalize(Value x, double eps) implements Forward {
        @Override
        public List<Value> inputs() {
            return List.of(x);
        }

        @Override
        public List<Shape> outputShapes() {
            return List.of(x.shape());
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int d = x.shape().dim(-1);
            for (int r = 0; r < x.shape().rows(); r++) {
                double norm = Math.max(length(in[0], r * d, d), eps);
                for (int i = 0; i < d; i++) {
                    out[0][r * d + i] = in[0][r * d + i] / norm;
                }
            }
        }

        @Override
        public List<@Nullable Value> gradient(GraphBuilder b, List<Value> outputs, List<@Nullable Value> dys) {
            Value dy = dys.getFirst();
            return dy == null ? List.of() : Arrays.asList(b.add(new NormalizeBackward(x, dy, eps)));
        }
    }

    /// x (R,D), dy (R,D) -> dx (R,D)
    public record NormalizeBackward(Value x, Value dy, double eps) implements Backward {
        @Override
        public List<Value> inputs() {
            return List.of(x, dy);
        }

        @Override
        public List<Shape> outputShapes() {
            return List.of(x.shape());
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int d = x.shape().dim(-1);
            for (int r = 0; r < x.shape().rows(); r++) {
                double length = length(in[0], r * d, d), norm = Math.max(length, eps), dot = 0;
                for (int i = 0; i < d; i++) {
                    dot += in[0][r * d + i] * in[1][r * d + i];
                }
                double radial = length > eps ? dot / (norm * norm) : 0;
                for (int i = 0; i < d; i++) {
                    out[0][r * d + i] = (in[1][r * d + i] - in[0][r * d + i] * radial) / norm;
                }
            }
        }
    }

    static double length(double[] x, int from, int d) {
        double sum = 0;
        for (int i = from; i < from + d; i++) {
            sum += x[i] * x[i];
        }
        return Math.sqrt(sum);
    }
}
