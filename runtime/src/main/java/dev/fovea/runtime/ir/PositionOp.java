package dev.fovea.runtime.ir;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Position embeddings of a larger grid, computed only where patches were selected.
///
/// Legend: B batch, K selected patches, D width, g side of the embedding's own square grid.
public final class PositionOp {
    private PositionOp() {}

    /// Forward ops of the family.
    public sealed interface Forward extends Op.Differentiable permits PositionAt {}

    /// Backward ops of the family.
    public sealed interface Backward extends Op permits PositionAtBackward {}

    /// table (1,g*g,D), indices I32 (B,K) flat in a rows x columns grid -> y (B,K,D): the table resampled to the
    /// square
    /// of the longer side by antialiased bicubic and cropped top-left (ps3-spec 1.7, 1.8); its own grid is looked
    /// up.
    public record PositionAt(Value table, Value indices, int rows, int columns) implements Forward {
        @Override
        public List<Value> inputs() {
            return List.of(table, indices);
        }

        /// g
        public int side() {
            return (int) Math.round(
                    Math.sqrt(table.shape().elements() / (double) table.shape().dim(-1)));
        }

        /// Whether the grid is the table's own, so that nothing is resampled.
        public boolean identity() {
            return rows == side() && columns == side();
        }

        @Override
        public List<Shape> outputShapes() {
            Check.that(
                    side() * side() * table.shape().dim(-1) == table.shape().elements()
                            && Math.max(rows, columns) >= side(),
                    "positions: table %s on a %sx%s grid",
                    table,
                    rows,
                    columns);
            Check.that(indices.type() == DType.I32, "positions: indices %s", indices);
            return List.of(Shape.of(
                    indices.shape().dim(0),
                    indices.shape().dim(1),
                    table.shape().dim(-1)));
        }

        /// Calls `visitor` with each table row and its weight in the embedding of patch `index`.
        void taps(int index, TapVisitor visitor) {
            if (identity()) {
                visitor.visit(index, 1);
                return;
            }
            int g = side(), longer = Math.max(rows, columns);
            Cubic.Taps y = Cubic.antialiased(index / columns, g, longer),
                    x = Cubic.antialiased(index % columns, g, longer);
            for (int i = 0; i < 4; i++) {
                for (int j = 0; j < 4; j++) {
                    double w = y.weights()[i] * x.weights()[j];
                    if (w != 0) {
                        visitor.visit((y.first() + i) * g + x.first() + j, w);
                    }
                }
            }
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int d = table.shape().dim(-1);
            for (int k = 0; k < in[1].length; k++) {
                int at = k * d;
                taps((int) in[1][k], (row, w) -> {
                    for (int e = 0; e < d; e++) {
                        out[0][at + e] += w * in[0][row * d + e];
                    }
                });
            }
        }

        @Override
        public long flops() {
            return identity()
                    ? 0
                    : 32L * indices.shape().elements() * table.shape().dim(-1);
        }

        @Override
        public List<@Nullable Value> gradient(GraphBuilder b, List<Value> outputs, List<@Nullable Value> dys) {
            Value dy = dys.getFirst();
            return dy == null ? List.of() : Arrays.asList(b.add(new PositionAtBackward(this, dy)), null);
        }
    }

    /// Receives a table row and its weight.
    @FunctionalInterface
    interface TapVisitor {
        void visit(int row, double weight);
    }

    /// indices I32 (B,K), dy (B,K,D) -> dtable (1,g*g,D)
    public record PositionAtBackward(PositionAt of, Value dy) implements Backward {
        @Override
        public List<Value> inputs() {
            return List.of(of.indices, dy);
        }

        @Override
        public List<Shape> outputShapes() {
            return List.of(of.table.shape());
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int d = of.table.shape().dim(-1);
            for (int k = 0; k < in[0].length; k++) {
                int at = k * d;
                of.taps((int) in[0][k], (row, w) -> {
                    for (int e = 0; e < d; e++) {
                        out[0][row * d + e] += w * in[1][at + e];
                    }
                });
            }
        }

        @Override
        public long flops() {
            return of.flops();
        }
    }
}
