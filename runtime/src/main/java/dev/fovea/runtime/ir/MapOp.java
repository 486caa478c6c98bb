package dev.fovea.runtime.ir;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Selection maps: scores over a grid, flattened row-major.
///
/// Legend: B batch, N = grid cells, D width.
public final class MapOp {
    private MapOp() {}

    /// Forward ops of the family.
    public sealed interface Forward extends Op.Differentiable permits CosineScore, AdaptiveMaxPool, NearestResize {}

    /// Backward ops of the family.
    public sealed interface Backward extends Op
            permits CosineScoreBackward, AdaptiveMaxPoolBackward, NearestResizeBackward {}

    /// Smallest length a vector is divided by.
    public static final double EPSILON = 1e-12;

    /// features (B,N,D), prompt (1 or B rows, D) -> cosine of each cell's feature with the prompt (B,N)
    public record CosineScore(Value features, Value prompt) implements Forward {
        @Override
        public List<Value> inputs() {
            return List.of(features, prompt);
        }

        @Override
        public List<Shape> outputShapes() {
            int batch = features.shape().dim(0), rows = prompt.shape().rows();
            Check.that(
                    features.shape().rank() == 3
                            && prompt.shape().dim(-1) == features.shape().dim(2)
                            && (rows == 1 || rows == batch),
                    "cosine: features %s, prompt %s",
                    features,
                    prompt);
            return List.of(Shape.of(batch, features.shape().dim(1)));
        }

        /// First element of the prompt of batch entry b.
        int promptAt(int b) {
            return prompt.shape().rows() == 1 ? 0 : b * prompt.shape().dim(-1);
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int n = features.shape().dim(1), d = features.shape().dim(2);
            for (int i = 0; i < out[0].length; i++) {
                int p = promptAt(i / n);
                double dot = 0;
                for (int e = 0; e < d; e++) {
                    dot += in[0][i * d + e] * in[1][p + e];
                }
                double lengths = Math.max(NormOp.length(in[0], i * d, d), EPSILON)
                        * Math.max(NormOp.length(in[1], p, d), EPSILON);
                out[0][i] = dot / lengths;
            }
        }

        @Override
        public long flops() {
            return 2L * features.shape().elements();
        }

        @Override
        public List<@Nullable Value> gradient(GraphBuilder b, List<Value> outputs, List<@Nullable Value> dys) {
            Value dy = dys.getFirst();
            return dy == null
                    ? List.of()
                    : List.copyOf(b.addAll(new CosineScoreBackward(this, outputs.getFirst(), dy)));
        }
    }

    /// features (B,N,D), prompt, y (B,N), dy (B,N) -> dfeatures (B,N,D), dprompt
    public record CosineScoreBackward(CosineScore of, Value y, Value dy) implements Backward {
        @Override
        public List<Value> inputs() {
            return List.of(of.features, of.prompt, y, dy);
        }

        @Override
        public List<Shape> outputShapes() {
            return List.of(of.features.shape(), of.prompt.shape());
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int n = of.features.shape().dim(1), d = of.features.shape().dim(2);
            for (int i = 0; i < in[3].length; i++) {
                int p = of.promptAt(i / n);
                double z = Math.max(NormOp.length(in[0], i * d, d), EPSILON);
                double q = Math.max(NormOp.length(in[1], p, d), EPSILON);
                for (int e = 0; e < d; e++) {
                    double unitZ = in[0][i * d + e] / z, unitP = in[1][p + e] / q;
                    out[0][i * d + e] = in[3][i] * (unitP - in[2][i] * unitZ) / z;
                    out[1][p + e] += in[3][i] * (unitZ - in[2][i] * unitP) / q;
                }
            }
        }

        @Override
        public long flops() {
            return of.flops() * 2;
        }
    }

    /// x (B,rows*columns) -> y (B,toRows*toColumns): the maximum of each window floor(i*n/m) .. ceil((i+1)*n/m)
    public record AdaptiveMaxPool(Value x, int rows, int columns, int toRows, int toColumns) implements Forward {
        @Override
        public List<Value> inputs() {
            return List.of(x);
        }

        @Override
        public List<Shape> outputShapes() {
            Check.that(x.shape().dim(-1) == rows * columns, "max pool: %s on %sx%s", x, rows, columns);
            return List.of(x.shape().withLast(toRows * toColumns));
        }

        /// Flat index in x of the first maximum of window `i` of the whole output.
        int winner(double[] x, int i) {
            int cells = toRows * toColumns, b = i / cells, row = i % cells / toColumns, column = i % toColumns;
            int best = -1;
            for (int r = row * rows / toRows; r < ceil(row + 1, rows, toRows); r++) {
                for (int c = column * columns / toColumns; c < ceil(column + 1, columns, toColumns); c++) {
                    int at = (b * rows + r) * columns + c;
                    if (best < 0 || x[at] > x[best]) {
                        best = at;
                    }
                }
            }
            return best;
        }

        private static int ceil(int i, int n, int m) {
            return Math.ceilDiv(i * n, m);
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            Arrays.setAll(out[0], i -> in[0][winner(in[0], i)]);
        }

        @Override
        public List<@Nullable Value> gradient(GraphBuilder b, List<Value> outputs, List<@Nullable Value> dys) {
            Value dy = dys.getFirst();
            return dy == null ? List.of() : Arrays.asList(b.add(new AdaptiveMaxPoolBackward(this, dy)));
        }
    }

    /// x, dy -> dx: each window's gradient goes to its first maximum
    public record AdaptiveMaxPoolBackward(AdaptiveMaxPool of, Value dy) implements Backward {
        @Override
        public List<Value> inputs() {
            return List.of(of.x, dy);
        }

        @Override
        public List<Shape> outputShapes() {
            return List.of(of.x.shape());
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            for (int i = 0; i < in[1].length; i++) {
                out[0][of.winner(in[0], i)] += in[1][i];
            }
        }
    }

    /// x (B,rows*columns) -> y (B,toRows*toColumns): nearest neighbour, source = floor(i * n / m)
    public record NearestResize(Value x, int rows, int columns, int toRows, int toColumns) implements Forward {
        @Override
        public List<Value> inputs() {
            return List.of(x);
        }

        @Override
        public List<Shape> outputShapes() {
            Check.that(x.shape().dim(-1) == rows * columns, "nearest: %s on %sx%s", x, rows, columns);
            return List.of(x.shape().withLast(toRows * toColumns));
        }

        int source(int i) {
            int cells = toRows * toColumns, b = i / cells, row = i % cells / toColumns, column = i % toColumns;
            return (b * rows + row * rows / toRows) * columns + column * columns / toColumns;
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            Arrays.setAll(out[0], i -> in[0][source(i)]);
        }

        @Override
        public List<@Nullable Value> gradient(GraphBuilder b, List<Value> outputs, List<@Nullable Value> dys) {
            Value dy = dys.getFirst();
            return dy == null ? List.of() : Arrays.asList(b.add(new NearestResizeBackward(this, dy)));
        }
    }

    /// dy -> dx: the sum over the copies of each cell
    public record NearestResizeBackward(NearestResize of, Value dy) implements Backward {
        @Override
        public List<Value> inputs() {
            return List.of(dy);
        }

        @Override
        public List<Shape> outputShapes() {
            return List.of(of.x.shape());
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            for (int i = 0; i < in[0].length; i++) {
                out[0][of.source(i)] += in[0][i];
            }
        }
    }
}
