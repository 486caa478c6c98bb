package dev.fovea.runtime.ir;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Depthwise convolution on channels-last maps, stride 1, zero padding that keeps the size. (A convolution whose
/// stride
/// is its kernel is a `Linear` over cut patches.)
///
/// Legend: B batch, h x w grid, C channels, k kernel side (odd).
public final class ConvolutionOp {
    private ConvolutionOp() {}

    /// Forward ops of the family.
    public sealed interface Forward extends Op.Differentiable permits DepthwiseConvolution {}

    /// Backward ops of the family.
    public sealed interface Backward extends Op permits DepthwiseBackwardInput, DepthwiseBackwardWeight {}

    /// Receives the flat elements of x, weight and y of one multiply-add.
    @FunctionalInterface
    interface TermVisitor {
        void visit(int x, int weight, int y);
    }

    /// Visits every multiply-add of the convolution of a (B,h*w,C) map.
    static void terms(Shape x, int h, int w, int k, TermVisitor visitor) {
        int channels = x.dim(2), half = k / 2;
        for (int b = 0; b < x.dim(0); b++) {
            for (int p = 0; p < h * w; p++) {
                for (int q = 0; q < k * k; q++) {
                    int row = p / w + q / k - half, column = p % w + q % k - half;
                    if (row < 0 || row >= h || column < 0 || column >= w) {
                        continue;
                    }
                    for (int c = 0; c < channels; c++) {
                        int from = ((b * h + row) * w + column) * channels + c;
                        visitor.visit(from, c * k * k + q, (b * h * w + p) * channels + c);
                    }
                }
            }
        }
    }

    static long flops(Shape x, int k) {
        return 2L * x.elements() * k * k;
    }

    /// x (B,h*w,C), weight (C,1,k,k), bias (C) -> y (B,h*w,C)
    public record DepthwiseConvolution(Value x, Value weight, Value bias, int rows, int columns) implements Forward {
        @Override
        public List<Value> inputs() {
            return List.of(x, weight, bias);
        }

        /// k
        public int kernel() {
            return weight.shape().dim(-1);
        }

        @Override
        public List<Shape> outputShapes() {
            Check.that(
                    x.shape().rank() == 3
                            && x.shape().dim(1) == rows * columns
                            && weight.shape().elements() == x.shape().dim(2) * kernel() * kernel()
                            && kernel() % 2 == 1,
                    "depthwise: x %s on %sx%s, weight %s",
                    x,
                    rows,
                    columns,
                    weight);
            return List.of(x.shape());
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            for (int i = 0; i < out[0].length; i++) {
                out[0][i] = in[2][i % in[2].length];
            }
            terms(x.shape(), rows, columns, kernel(), (x, k, y) -> out[0][y] += in[0][x] * in[1][k]);
        }

        @Override
        public long flops() {
            return ConvolutionOp.flops(x.shape(), kernel());
        }

        @Override
        public List<@Nullable Value> gradient(GraphBuilder b, List<Value> outputs, List<@Nullable Value> dys) {
            Value dy = dys.getFirst();
            List<@Nullable Value> gradients = new ArrayList<>();
            if (dy != null) {
                gradients.add(b.add(new DepthwiseBackwardInput(dy, weight, rows, columns)));
                gradients.add(b.add(new DepthwiseBackwardWeight(x, dy, weight.shape(), rows, columns)));
                gradients.add(b.add(new LinearOp.SumRows(dy, bias.shape())));
            }
            return gradients;
        }
    }

    /// dy (B,h*w,C), weight (C,1,k,k) -> dx (B,h*w,C)
    public record DepthwiseBackwardInput(Value dy, Value weight, int rows, int columns) implements Backward {
        @Override
        public List<Value> inputs() {
            return List.of(dy, weight);
        }

        @Override
        public List<Shape> outputShapes() {
            return List.of(dy.shape());
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int k = weight.shape().dim(-1);
            terms(dy.shape(), rows, columns, k, (x, q, y) -> out[0][x] += in[0][y] * in[1][q]);
        }

        @Override
        public long flops() {
            return ConvolutionOp.flops(dy.shape(), weight.shape().dim(-1));
        }
    }

    /// x (B,h*w,C), dy (B,h*w,C) -> dweight (C,1,k,k)
    public record DepthwiseBackwardWeight(Value x, Value dy, Shape weight, int rows, int columns) implements Backward {
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
            terms(x.shape(), rows, columns, weight.dim(-1), (x, q, y) -> out[0][q] += in[0][x] * in[1][y]);
        }

        @Override
        public long flops() {
            return ConvolutionOp.flops(x.shape(), weight.dim(-1));
        }
    }
}
