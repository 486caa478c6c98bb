package dev.fovea.runtime.ir;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Ops that move rows: joining, cutting and looking up.
///
/// Legend: B batch, N tokens, D width, V table rows, K indices a batch row.
public final class TokenOp {
    private TokenOp() {}

    /// Forward ops of the family.
    public sealed interface Forward extends Op.Differentiable permits AddRows, Gather, Concat, Slice, AtHighest {}

    /// Backward ops of the family.
    public sealed interface Backward extends Op permits GatherBackward, Pad, AtHighestBackward {}

    /// x (B,N,D), rows (N,D) -> x + rows for every batch entry (B,N,D)
    public record AddRows(Value x, Value rows) implements Forward {
        @Override
        public List<Value> inputs() {
            return List.of(x, rows);
        }

        @Override
        public List<Shape> outputShapes() {
            Check.that(
                    x.shape().rank() == 3
                            && rows.shape().elements()
                                    == x.shape().dim(1) * x.shape().dim(2),
                    "add rows: x %s, rows %s",
                    x,
                    rows);
            return List.of(x.shape());
        }

        @Override
        public boolean overwrites(int j, int i) {
            return i == 0;
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            Arrays.setAll(out[0], i -> in[0][i] + in[1][i % in[1].length]);
        }

        @Override
        public List<@Nullable Value> gradient(GraphBuilder b, List<Value> outputs, List<@Nullable Value> dys) {
            Value dy = dys.getFirst();
            return dy == null ? List.of() : Arrays.asList(dy, b.add(new LinearOp.SumRows(dy, rows.shape())));
        }
    }

    /// table (V,D) with any leading 1s, indices I32 (B,K) -> rows (B,K,D)
    public record Gather(Value table, Value indices) implements Forward {
        @Override
        public List<Value> inputs() {
            return List.of(table, indices);
        }

        @Override
        public List<Shape> outputShapes() {
            Check.that(
                    indices.shape().rank() == 2 && indices.type() == DType.I32,
                    "gather: table %s, indices %s",
                    table,
                    indices);
            return List.of(Shape.of(
                    indices.shape().dim(0),
                    indices.shape().dim(1),
                    table.shape().dim(-1)));
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int d = table.shape().dim(-1);
            for (int k = 0; k < in[1].length; k++) {
                System.arraycopy(in[0], ((int) in[1][k]) * d, out[0], k * d, d);
            }
        }

        @Override
        public List<@Nullable Value> gradient(GraphBuilder b, List<Value> outputs, List<@Nullable Value> dys) {
            Value dy = dys.getFirst();
            return dy == null ? List.of() : Arrays.asList(b.add(new GatherBackward(dy, indices, table.shape())), null);
        }
    }

    /// dy (B,K,D), indices I32 (B,K) -> dtable (V,D): rows of the same index add up
    public record GatherBackward(Value dy, Value indices, Shape table) implements Backward {
        @Override
        public List<Value> inputs() {
            return List.of(dy, indices);
        }

        @Override
        public List<Shape> outputShapes() {
            return List.of(table);
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int d = table.dim(-1);
            for (int i = 0; i < in[0].length; i++) {
                out[0][((int) in[1][i / d]) * d + i % d] += in[0][i];
            }
        }
    }

    /// How often a run of `axis`-blocks repeats: the product of the dimensions before `axis`.
    static int outer(Shape s, int axis) {
        int n = 1;
        for (int i = 0; i < axis; i++) {
            n *= s.dim(i);
        }
        return n;
    }

    static Shape withDim(Shape s, int axis, int size) {
        int[] dims = s.dims();
        dims[axis] = size;
        return new Shape(dims);
    }

    /// Parts that agree on all axes but `axis` -> one value with the parts one after the other along it
    public record Concat(List<Value> parts, int axis) implements Forward {
        /// Copies the list.
        public Concat {
            parts = List.copyOf(parts);
        }

        @Override
        public List<Value> inputs() {
            return parts;
        }

        @Override
        public List<Shape> outputShapes() {
            Shape first = parts.getFirst().shape();
            int total = 0;
            for (Value p : parts) {
                Check.that(
                        withDim(p.shape(), axis, 1).equals(withDim(first, axis, 1)),
                        "concat along %s: %s",
                        axis,
                        parts);
                total += p.shape().dim(axis);
            }
            return List.of(withDim(first, axis, total));
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int outer = outer(parts.getFirst().shape(), axis), to = 0;
            for (int o = 0; o < outer; o++) {
                for (double[] part : in) {
                    int run = part.length / outer;
                    System.arraycopy(part, o * run, out[0], to, run);
                    to += run;
                }
            }
        }

        @Override
        public List<@Nullable Value> gradient(GraphBuilder b, List<Value> outputs, List<@Nullable Value> dys) {
            Value dy = dys.getFirst();
            List<@Nullable Value> gradients = new ArrayList<>();
            int from = 0;
            for (Value p : parts) {
                gradients.add(
                        dy == null
                                ? null
                                : b.add(new Slice(dy, axis, from, p.shape().dim(axis))));
                from += p.shape().dim(axis);
            }
            return gradients;
        }
    }

    /// x -> its part from `from`, `count` long, along `axis`
    public record Slice(Value x, int axis, int from, int count) implements Forward {
        @Override
        public List<Value> inputs() {
            return List.of(x);
        }

        @Override
        public List<Shape> outputShapes() {
            Check.that(
                    from >= 0 && count > 0 && from + count <= x.shape().dim(axis),
                    "slice of %s along %s: %s from %s",
                    x,
                    axis,
                    count,
                    from);
            return List.of(withDim(x.shape(), axis, count));
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int outer = outer(x.shape(), axis), run = in[0].length / outer, part = out[0].length / outer;
            int skip = run / x.shape().dim(axis) * from;
            for (int o = 0; o < outer; o++) {
                System.arraycopy(in[0], o * run + skip, out[0], o * part, part);
            }
        }

        @Override
        public List<@Nullable Value> gradient(GraphBuilder b, List<Value> outputs, List<@Nullable Value> dys) {
            Value dy = dys.getFirst();
            return dy == null
                    ? List.of()
                    : Arrays.asList(b.add(new Pad(dy, axis, from, x.shape().dim(axis))));
        }
    }

    /// x -> zeros of size `total` along `axis` with x from `from` on
    public record Pad(Value x, int axis, int from, int total) implements Backward {
        @Override
        public List<Value> inputs() {
            return List.of(x);
        }

        @Override
        public List<Shape> outputShapes() {
            Check.that(from >= 0 && from + x.shape().dim(axis) <= total, "pad %s to %s from %s", x, total, from);
            return List.of(withDim(x.shape(), axis, total));
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int outer = outer(x.shape(), axis), run = out[0].length / outer, part = in[0].length / outer;
            int skip = run / total * from;
            for (int o = 0; o < outer; o++) {
                System.arraycopy(in[0], o * part, out[0], o * run + skip, part);
            }
        }
    }

    /// x (B,N,D), tokens I32 (B,N) -> y (B,1,D): x at the position of the highest token number, the first if
    /// repeated
    public record AtHighest(Value x, Value tokens) implements Forward {
        @Override
        public List<Value> inputs() {
            return List.of(x, tokens);
        }

        @Override
        public List<Shape> outputShapes() {
            Check.that(
                    x.shape().rank() == 3
                            && tokens.type() == DType.I32
                            && tokens.shape()
                                    .equals(Shape.of(x.shape().dim(0), x.shape().dim(1))),
                    "at highest: x %s, tokens %s",
                    x,
                    tokens);
            return List.of(withDim(x.shape(), 1, 1));
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int n = x.shape().dim(1), d = x.shape().dim(2);
            for (int b = 0; b < x.shape().dim(0); b++) {
                System.arraycopy(in[0], (b * n + highest(in[1], b * n, n)) * d, out[0], b * d, d);
            }
        }

        @Override
        public List<@Nullable Value> gradient(GraphBuilder b, List<Value> outputs, List<@Nullable Value> dys) {
            Value dy = dys.getFirst();
            return dy == null ? List.of() : Arrays.asList(b.add(new AtHighestBackward(dy, tokens)), null);
        }
    }

    /// dy (B,1,D), tokens I32 (B,N) -> dx (B,N,D): dy at the position of the highest token, else 0
    public record AtHighestBackward(Value dy, Value tokens) implements Backward {
        @Override
        public List<Value> inputs() {
            return List.of(dy, tokens);
        }

        @Override
        public List<Shape> outputShapes() {
            return List.of(withDim(dy.shape(), 1, tokens.shape().dim(1)));
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            int n = tokens.shape().dim(1), d = dy.shape().dim(2);
            for (int b = 0; b < dy.shape().dim(0); b++) {
                System.arraycopy(in[0], b * d, out[0], (b * n + highest(in[1], b * n, n)) * d, d);
            }
        }
    }

    /// Position of the highest of `n` tokens from `from` on, counted from there; the first if repeated.
    private static int highest(double[] tokens, int from, int n) {
        int best = 0;
        for (int i = 1; i < n; i++) {
            if (tokens[from + i] > tokens[from + best]) {
                best = i;
            }
        }
        return best;
    }
}
