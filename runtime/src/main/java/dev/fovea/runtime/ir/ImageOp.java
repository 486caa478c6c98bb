package dev.fovea.runtime.ir;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Ops on pictures and box maps, through which no gradient is wanted.
///
/// Legend: B batch, C picture channels, H x W picture size, p patch side, K patches.
public sealed interface ImageOp extends Op {
    /// pixels (B,C,H,W), indices I32 (B,K) or none for all -> patches (B,K,C*p*p), channel-major: the picture
    /// resized
    /// to
    /// height x width and cut, computed only where asked for. Bicubic with a = -0.75 and a clamped border, as the
    /// released models; or, with `antialias`, a = -0.5 with a kernel as wide as the reduction.
    /// A patch index is row-major in the grid of height/p x width/p, rounded down: the rest at the lower and right
    /// border is in no patch.
    record CutPatches(Value pixels, @Nullable Value indices, int height, int width, int patch, boolean antialias)
            implements ImageOp {
        /// Without antialiasing.
        public CutPatches(Value pixels, @Nullable Value indices, int height, int width, int patch) {
            this(pixels, indices, height, width, patch, false);
        }

        @Override
        public List<Value> inputs() {
            return indices == null ? List.of(pixels) : List.of(pixels, indices);
        }

        /// K
        public int count() {
            return indices == null
                    ? (height / patch) * (width / patch)
                    : indices.shape().dim(1);
        }

        @Override
        public List<Shape> outputShapes() {
            Check.that(
                    pixels.shape().rank() == 4 && height >= patch && width >= patch,
                    "cut patches: %s at %sx%s, patch %s",
                    pixels,
                    height,
                    width,
                    patch);
            Check.that(indices == null || indices.type() == DType.I32, "cut patches: indices %s", indices + "");
            int vector = pixels.shape().dim(1) * patch * patch;
            return List.of(Shape.of(pixels.shape().dim(0), count(), vector));
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int n = count(), vector = outputShapes().getFirst().dim(2), columns = width / patch;
            for (int i = 0; i < out[0].length; i++) {
                int b = i / (n * vector), k = i / vector % n, c = i % vector / (patch * patch), q = i % (patch * patch);
                int cell = indices == null ? k : (int) in[1][b * n + k];
                int y = cell / columns * patch + q / patch, x = cell % columns * patch + q % patch;
                out[0][i] = sample(in[0], b * pixels.shape().dim(1) + c, y, x);
            }
        }

        private double sample(double[] data, int plane, int y, int x) {
            int h = pixels.shape().dim(2), w = pixels.shape().dim(3);
            if (h == height && w == width) {
                return data[(plane * h + y) * w + x];
            }
            Cubic.Taps ty = taps(y, h, height), tx = taps(x, w, width);
            double sum = 0;
            for (int i = 0; i < ty.weights().length; i++) {
                int row = Math.clamp(ty.first() + i, 0, h - 1);
                for (int j = 0; j < tx.weights().length; j++) {
                    int column = Math.clamp(tx.first() + j, 0, w - 1);
                    sum += ty.weights()[i] * tx.weights()[j] * data[(plane * h + row) * w + column];
                }
            }
            return sum;
        }

        /// Source pixels and weights of position `i` along an axis of `in` pixels resized to `out`.
        public Cubic.Taps taps(int i, int in, int out) {
            return antialias ? Cubic.antialiased(i, in, out) : Cubic.picture(i, in, out);
        }

        @Override
        public long flops() {
            boolean identity = pixels.shape().dim(2) == height && pixels.shape().dim(3) == width;
            long taps = (long) taps(0, pixels.shape().dim(2), height).weights().length
                    * taps(0, pixels.shape().dim(3), width).weights().length;
            return identity ? 0 : 2 * taps * outputShapes().getFirst().elements();
        }
    }

    /// map (B,H,W) -> y (B,rows*columns): the mean of each window floor(i*H/rows) .. ceil((i+1)*H/rows)
    record AreaResize(Value map, int rows, int columns) implements ImageOp {
        @Override
        public List<Value> inputs() {
            return List.of(map);
        }

        @Override
        public List<Shape> outputShapes() {
            Check.that(map.shape().rank() == 3, "area resize: %s to %sx%s", map, rows, columns);
            return List.of(Shape.of(map.shape().dim(0), rows * columns));
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int h = map.shape().dim(1), w = map.shape().dim(2);
            for (int i = 0; i < out[0].length; i++) {
                int b = i / (rows * columns), row = i % (rows * columns) / columns, column = i % columns;
                int y0 = row * h / rows, y1 = Math.ceilDiv((row + 1) * h, rows);
                int x0 = column * w / columns, x1 = Math.ceilDiv((column + 1) * w, columns);
                for (int y = y0; y < y1; y++) {
                    for (int x = x0; x < x1; x++) {
                        out[0][i] += in[0][(b * h + y) * w + x] / ((y1 - y0) * (x1 - x0));
                    }
                }
            }
        }
    }

    /// indices I32 (B,K), flat in a grid of `columns`, -> indices I32 (B,K) of the same cells in a square grid of
    /// `side`, whose top-left corner the first is: where a table that is never resampled has them
    record GridIndices(Value indices, int columns, int side) implements ImageOp {
        @Override
        public List<Value> inputs() {
            return List.of(indices);
        }

        @Override
        public List<Shape> outputShapes() {
            Check.that(
                    indices.type() == DType.I32 && columns <= side,
                    "grid indices: %s of %s columns in a grid of side %s",
                    indices,
                    columns,
                    side);
            return List.of(indices.shape());
        }

        @Override
        public DType outputType(int j) {
            return DType.I32;
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            Arrays.setAll(out[0], i -> {
                int cell = (int) in[0][i];
                return cell / columns * side + cell % columns;
            });
        }
    }

    /// map (B,N), indices I32 (B,K) -> y (B,K): the map's values at the selected cells
    record GatherCells(Value map, Value indices) implements ImageOp {
        @Override
        public List<Value> inputs() {
            return List.of(map, indices);
        }

        @Override
        public List<Shape> outputShapes() {
            Check.that(
                    map.shape().rank() == 2
                            && indices.type() == DType.I32
                            && indices.shape().dim(0) == map.shape().dim(0),
                    "gather cells: %s at %s",
                    map,
                    indices);
            return List.of(indices.shape());
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int k = indices.shape().dim(1), n = map.shape().dim(1);
            Arrays.setAll(out[0], i -> in[0][i / k * n + (int) in[1][i]]);
        }
    }
}
