package dev.fovea.runtime.ir;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Ops that end in one number.
///
/// Legend: B batch, D width, N grid cells.
public final class LossOp {
    private LossOp() {}

    /// Forward ops of the family.
    public sealed interface Forward extends Op.Differentiable
            permits SigmoidPairLoss, BoxCrossEntropy, BoxDice, WeightedSum {}

    /// Backward ops of the family.
    public sealed interface Backward extends Op
            permits SigmoidPairLossBackward, BoxCrossEntropyBackward, BoxDiceBackward {}

    /// Shape rule of the losses of a map: probability (B,N), coverage of as many elements, global (B).
    private static List<Shape> boxLoss(Value probability, Value coverage, Value global) {
        Check.that(
                probability.shape().elements() == coverage.shape().elements()
                        && global.shape().elements() == probability.shape().dim(0),
                "box loss: probability %s, coverage %s, global %s",
                probability,
                coverage,
                global);
        return List.of(Shape.of());
    }

    /// Rows whose `global` is 0.
    private static long localRows(double[] global) {
        return Arrays.stream(global).filter(g -> g == 0).count();
    }

    /// images (B,D), texts (B,D), logScale (), bias () -> loss (): SigLIP's -1/B sum_ij log sigmoid(y_ij
    /// (e^logScale
    /// images_i . texts_j + bias)), y = 1 on the diagonal and -1 elsewhere
    public record SigmoidPairLoss(Value images, Value texts, Value logScale, Value bias) implements Forward {
        @Override
        public List<Value> inputs() {
            return List.of(images, texts, logScale, bias);
        }

        @Override
        public List<Shape> outputShapes() {
            Check.that(
                    images.shape().elements() == texts.shape().elements()
                            && images.shape().dim(-1) == texts.shape().dim(-1)
                            && logScale.shape().elements() == 1
                            && bias.shape().elements() == 1,
                    "pair loss: images %s, texts %s, scale %s, bias %s",
                    images,
                    texts,
                    logScale,
                    bias);
            return List.of(Shape.of());
        }

        double dot(double[][] in, int i, int j) {
            int d = images.shape().dim(-1);
            double dot = 0;
            for (int e = 0; e < d; e++) {
                dot += in[0][i * d + e] * in[1][j * d + e];
            }
            return dot;
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int n = images.shape().rows();
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    double logit = Math.exp(in[2][0]) * dot(in, i, j) + in[3][0];
                    out[0][0] += Functions.softplus(i == j ? -logit : logit) / n;
                }
            }
        }

        @Override
        public long flops() {
            return 2L * images.shape().elements() * images.shape().rows();
        }

        @Override
        public List<@Nullable Value> gradient(GraphBuilder b, List<Value> outputs, List<@Nullable Value> dys) {
            Value dy = dys.getFirst();
            return dy == null ? List.of() : new ArrayList<>(b.addAll(new SigmoidPairLossBackward(this, dy)));
        }
    }

    /// images, texts, logScale, bias, dloss () -> the gradients of the four
    public record SigmoidPairLossBackward(SigmoidPairLoss of, Value dloss) implements Backward {
        @Override
        public List<Value> inputs() {
            return List.of(of.images, of.texts, of.logScale, of.bias, dloss);
        }

        @Override
        public List<Shape> outputShapes() {
            return of.inputs().stream().map(Value::shape).toList();
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int n = of.images.shape().rows(), d = of.images.shape().dim(-1);
            double scale = Math.exp(in[2][0]);
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    double dot = of.dot(in, i, j), sign = i == j ? -1 : 1;
                    double g = in[4][0] * sign * Functions.sigmoid(sign * (scale * dot + in[3][0])) / n;
                    out[2][0] += g * scale * dot;
                    out[3][0] += g;
                    for (int e = 0; e < d; e++) {
                        out[0][i * d + e] += g * scale * in[1][j * d + e];
                        out[1][j * d + e] += g * scale * in[0][i * d + e];
                    }
                }
            }
        }

        @Override
        public long flops() {
            return of.flops() * 3;
        }
    }

    /// probability (B,N), coverage (B,N), global (B or B,1) -> loss (): mean binary cross-entropy over the rows
    /// whose
    /// `global` is 0 against the target coverage > 0; 0 if there is no such row. Logarithms are cut at -100 and
    /// the slope's denominator at 1e-12, as in the reference framework.
    public record BoxCrossEntropy(Value probability, Value coverage, Value global) implements Forward {
        @Override
        public List<Value> inputs() {
            return List.of(probability, coverage, global);
        }

        @Override
        public List<Shape> outputShapes() {
            return boxLoss(probability, coverage, global);
        }

        /// 1 / number of cells in local rows, or 0
        double weight(double[][] in) {
            long local = localRows(in[2]);
            return local == 0 ? 0 : 1.0 / (local * (double) (in[0].length / in[2].length));
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int n = in[0].length / in[2].length;
            double weight = weight(in);
            for (int i = 0; i < in[0].length; i++) {
                if (in[2][i / n] == 0) {
                    double p = in[1][i] > 0 ? in[0][i] : 1 - in[0][i];
                    out[0][0] -= weight * Math.max(Math.log(p), -100);
                }
            }
        }

        @Override
        public List<@Nullable Value> gradient(GraphBuilder b, List<Value> outputs, List<@Nullable Value> dys) {
            Value dy = dys.getFirst();
            return dy == null ? List.of() : Arrays.asList(b.add(new BoxCrossEntropyBackward(this, dy)), null, null);
        }
    }

    /// probability, coverage, global, dloss () -> dprobability
    public record BoxCrossEntropyBackward(BoxCrossEntropy of, Value dloss) implements Backward {
        @Override
        public List<Value> inputs() {
            return List.of(of.probability, of.coverage, of.global, dloss);
        }

        @Override
        public List<Shape> outputShapes() {
            return List.of(of.probability.shape());
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int n = in[0].length / in[2].length;
            double weight = of.weight(in) * in[3][0];
            for (int i = 0; i < in[0].length; i++) {
                double p = in[0][i], target = in[1][i] > 0 ? 1 : 0;
                out[0][i] = in[2][i / n] == 0 ? weight * (p - target) / Math.max(p * (1 - p), 1e-12) : 0;
            }
        }
    }

    /// probability (B,N), coverage (B,N), global (B) -> loss (): the DICE loss of VILA's fine-tuning code
    /// (ps3-spec 2.4), 1 - (2 sum(p y) / c + e) / ((sum p + sum y) / c + e) with c = 100 and e = 1e-6, y = 1
    /// where coverage is above 0, of each row whose `global` is 0, averaged over those rows; 0 if there is none
    public record BoxDice(Value probability, Value coverage, Value global) implements Forward {
        /// c and e
        public static final double SCALE = 100, EPSILON = 1e-6;

        @Override
        public List<Value> inputs() {
            return List.of(probability, coverage, global);
        }

        @Override
        public List<Shape> outputShapes() {
            return boxLoss(probability, coverage, global);
        }

        /// Numerator and denominator of row `b`.
        double[] fraction(double[][] in, int b) {
            int n = in[0].length / in[2].length;
            double both = 0, sum = 0;
            for (int i = b * n; i < (b + 1) * n; i++) {
                double y = in[1][i] > 0 ? 1 : 0;
                both += in[0][i] * y;
                sum += in[0][i] + y;
            }
            return new double[] {2 * both / SCALE + EPSILON, sum / SCALE + EPSILON};
        }

        /// 1 / number of local rows, or 0
        double weight(double[][] in) {
            long local = localRows(in[2]);
            return local == 0 ? 0 : 1.0 / local;
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            for (int b = 0; b < in[2].length; b++) {
                if (in[2][b] == 0) {
                    double[] f = fraction(in, b);
                    out[0][0] += weight(in) * (1 - f[0] / f[1]);
                }
            }
        }

        @Override
        public List<@Nullable Value> gradient(GraphBuilder b, List<Value> outputs, List<@Nullable Value> dys) {
            Value dy = dys.getFirst();
            return dy == null ? List.of() : Arrays.asList(b.add(new BoxDiceBackward(this, dy)), null, null);
        }
    }

    /// probability, coverage, global, dloss () -> dprobability (B,N)
    public record BoxDiceBackward(BoxDice of, Value dloss) implements Backward {
        @Override
        public List<Value> inputs() {
            return List.of(of.probability, of.coverage, of.global, dloss);
        }

        @Override
        public List<Shape> outputShapes() {
            return List.of(of.probability.shape());
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int n = in[0].length / in[2].length;
            for (int i = 0; i < in[0].length; i++) {
                if (in[2][i / n] == 0) {
                    double[] f = of.fraction(in, i / n);
                    double y = in[1][i] > 0 ? 1 : 0;
                    double slope = (f[0] / f[1] - 2 * y) / f[1] / BoxDice.SCALE;
                    out[0][i] = in[3][0] * of.weight(in) * slope;
                }
            }
        }
    }

    /// terms () -> sum of weight_i * term_i ()
    public record WeightedSum(List<Value> terms, List<Double> weights) implements Forward {
        /// Copies the lists.
        public WeightedSum {
            terms = List.copyOf(terms);
            weights = List.copyOf(weights);
        }

        @Override
        public List<Value> inputs() {
            return terms;
        }

        @Override
        public List<Shape> outputShapes() {
            Check.that(
                    terms.size() == weights.size()
                            && terms.stream().allMatch(t -> t.shape().elements() == 1),
                    "weighted sum: %s by %s",
                    terms,
                    weights);
            return List.of(Shape.of());
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            for (int i = 0; i < in.length; i++) {
                out[0][0] += weights.get(i) * in[i][0];
            }
        }

        @Override
        public List<@Nullable Value> gradient(GraphBuilder b, List<Value> outputs, List<@Nullable Value> dys) {
            Value dy = dys.getFirst();
            List<@Nullable Value> gradients = new ArrayList<>();
            for (double w : weights) {
                gradients.add(dy == null ? null : b.add(new PointwiseOp.Scale(dy, w)));
            }
            return gradients;
        }
    }
}
