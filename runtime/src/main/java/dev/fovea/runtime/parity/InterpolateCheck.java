package dev.fovea.runtime.parity;

import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.ir.Cubic;
import dev.fovea.runtime.ir.ImageOp;
import dev.fovea.runtime.ir.MapOp;
import dev.fovea.runtime.ir.Op;
import dev.fovea.runtime.ir.PositionOp;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.ir.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// Every resampling of the model (ps3-spec 1.2, 1.4, 1.6, 1.7), each output told by its name, its size by its
/// shape. What no operation of ours does, such as the gradient of a picture, is computed from the sampling rules
/// the operations share.
final class InterpolateCheck implements CaseCheck {
    private static final Pattern SIZE = Pattern.compile("([0-9]+)x([0-9]+)");
    private static final Pattern STRIDES = Pattern.compile("rows 0,([0-9]+),.*columns 0,([0-9]+),");

    @Override
    public String kind() {
        return "resampling";
    }

    @Override
    public boolean matches(GoldenCase c) {
        return c.call().contains("F.interpolate(");
    }

    @Override
    public void run(GoldenCase c, Backend backend, Findings out) {
        Run run = new Run(c, backend, out);
        for (String output : c.outputs()) {
            int dot = output.indexOf('.');
            String mode = dot < 0 ? output : output.substring(0, dot);
            switch (mode) {
                case "bicubic" -> run.bicubic(output);
                case "bicubic_aa" -> out.check(output, run.antialiased("x", output));
                case "area" -> run.area(output, "x");
                case "map_area" -> run.area(output, "map");
                case "nearest" -> run.nearest(output, "x");
                case "map_nearest" -> run.nearest(output, "map");
                case "pos_embed" -> run.positions(output, false);
                case "adaptive_max_pool" -> run.maxPool(output, false);
                case "smooth_6x6" -> run.smooth(output);
                case "grad" -> run.gradient(output);
                default -> {
                    // Left to Findings.close, which reports what nobody computed.
                }
            }
        }
    }

    private record Run(GoldenCase c, Backend backend, Findings out) {
        private Shape recorded(String output) {
            return c.output(output).dims();
        }

        /// (B,C,H,W) to (B,C,h,w), or for `<side>_sampled` the cells of a larger picture at recorded strides.
        void bicubic(String output) {
            boolean sampled = output.endsWith("_sampled");
            Shape to = recorded(output), from = c.input(sampled ? "y" : "x").dims();
            ParityGraph g = new ParityGraph(c);
            Value pixels = g.in(sampled ? "y" : "x"), cut;
            if (sampled) {
                int side = Integer.parseInt(output.replaceAll("[^0-9]", ""));
                double[] cells = cells(side, to.dim(2), to.dim(3));
                double[] all = IntStream.range(0, from.dim(0))
                        .mapToObj(_ -> cells)
                        .flatMapToDouble(Arrays::stream)
                        .toArray();
                Value at = g.whole("cells", Shape.of(from.dim(0), cells.length), all);
                cut = g.builder().add(new ImageOp.CutPatches(pixels, at, side, side, 1));
            } else {
                cut = g.builder().add(new ImageOp.CutPatches(pixels, null, to.dim(2), to.dim(3), 1));
            }
            double[] patches = Findings.of(cut, g.run(backend, List.of(cut)));
            out.check(output, Layout.swapped(patches, to.dim(0), to.dim(2) * to.dim(3), to.dim(1)));
        }

        private double[] cells(int side, int rows, int columns) {
            Matcher m = STRIDES.matcher(c.config().path("notes").toString());
            if (!m.find()) {
                throw new GoldenException(c.name() + ": no note says which rows and columns are sampled");
            }
            int down = Integer.parseInt(m.group(1)), right = Integer.parseInt(m.group(2));
            return IntStream.range(0, rows * columns)
                    .mapToDouble(i -> (double) (i / columns * down) * side + i % columns * right)
                    .toArray();
        }

        private double[] antialiased(String input, String output) {
            Shape from = c.input(input).dims(), to = recorded(output);
            return resampled(c.input(input).data(), from, to.dim(2), to.dim(3));
        }

        private static double[] resampled(double[] x, Shape from, int rows, int columns) {
            int planes = from.dim(0) * from.dim(1), h = from.dim(2), w = from.dim(3);
            double[] y = new double[planes * rows * columns];
            for (int i = 0; i < y.length; i++) {
                int plane = i / (rows * columns);
                Cubic.Taps ty = Cubic.antialiased(i / columns % rows, h, rows);
                Cubic.Taps tx = Cubic.antialiased(i % columns, w, columns);
                for (int a = 0; a < ty.weights().length; a++) {
                    for (int b = 0; b < tx.weights().length; b++) {
                        double weight = ty.weights()[a] * tx.weights()[b];
                        int row = Math.min(ty.first() + a, h - 1), column = Math.min(tx.first() + b, w - 1);
                        y[i] += weight * x[(plane * h + row) * w + column];
                    }
                }
            }
            return y;
        }

        void area(String output, String input) {
            Shape s = c.input(input).dims(), to = recorded(output);
            Shape flat = Shape.of(s.dim(0) * s.dim(1), s.dim(2), s.dim(3));
            one(output, input, flat, x -> new ImageOp.AreaResize(x, to.dim(2), to.dim(3)));
        }

        void nearest(String output, String input) {
            Shape s = c.input(input).dims(), to = recorded(output);
            Shape flat = Shape.of(s.dim(0) * s.dim(1), s.dim(2) * s.dim(3));
            one(output, input, flat, x -> new MapOp.NearestResize(x, s.dim(2), s.dim(3), to.dim(2), to.dim(3)));
        }

        private void one(String output, String input, Shape shape, Function<Value, Op> op) {
            ParityGraph g = new ParityGraph(c);
            Value y = g.builder().add(op.apply(g.in(input, shape)));
            out.check(output, Findings.of(y, g.run(backend, List.of(y))));
        }

        void smooth(String output) {
            Shape s = c.input("map").dims();
            ParityGraph g = new ParityGraph(c);
            Value map = g.in("map", Shape.of(s.dim(0) * s.dim(1), s.dim(2), s.dim(3)));
            Value coarse = g.builder().add(new ImageOp.AreaResize(map, 6, 6));
            Value y = g.builder().add(new MapOp.NearestResize(coarse, 6, 6, s.dim(2), s.dim(3)));
            out.check(output, Findings.of(y, g.run(backend, List.of(y))));
        }

        /// A table (1,g*g,D) on another grid; its gradient where `back`. The model never shrinks it.
        void positions(String output, boolean back) {
            Matcher m = SIZE.matcher(output);
            if (!m.find()) {
                throw new GoldenException(output + ": no size in the name");
            }
            int rows = Integer.parseInt(m.group(1)), columns = Integer.parseInt(m.group(2));
            GoldenCase.Values table = c.input("pos_embed");
            int d = table.dims().dim(2),
                    side = (int) Math.round(Math.sqrt(table.dims().dim(1)));
            if (Math.max(rows, columns) < side) {
                out.check(output, shrunk(table, side, rows, columns));
                return;
            }
            ParityGraph g = new ParityGraph(c);
            double[] all = IntStream.range(0, rows * columns).asDoubleStream().toArray();
            Value at = g.whole("cells", Shape.of(1, all.length), all), x = g.in("pos_embed");
            Value y = g.builder().add(new PositionOp.PositionAt(x, at, rows, columns));
            if (back) {
                Value dy = g.in("grad_out_aa", Shape.of(1, all.length, d));
                y = g.gradients(y, dy, List.of(x)).getFirst();
            }
            out.check(output, Findings.of(y, g.run(backend, List.of(y))));
        }

        private static double[] shrunk(GoldenCase.Values table, int side, int rows, int columns) {
            int d = table.dims().dim(2), longer = Math.max(rows, columns);
            double[] planes = Layout.swapped(table.data(), 1, side * side, d);
            double[] y = resampled(planes, Shape.of(1, d, side, side), longer, longer);
            double[] out = new double[rows * columns * d];
            for (int i = 0; i < out.length; i++) {
                int cell = i / d;
                out[i] = y[(i % d * longer + cell / columns) * longer + cell % columns];
            }
            return out;
        }

        void maxPool(String output, boolean back) {
            Shape s = c.input("hr").dims(),
                    to = back ? c.input("grad_out_maxpool").dims() : recorded(output);
            ParityGraph g = new ParityGraph(c);
            int planes = s.dim(0) * s.dim(1);
            Value x = g.in("hr", Shape.of(planes, s.dim(2) * s.dim(3)));
            Value y = g.builder().add(new MapOp.AdaptiveMaxPool(x, s.dim(2), s.dim(3), to.dim(2), to.dim(3)));
            if (back) {
                Value dy = g.in("grad_out_maxpool", y.shape());
                y = g.gradients(y, dy, List.of(x)).getFirst();
            }
            Map<Value, double[]> found = g.run(backend, List.of(y));
            out.check(output, Findings.of(y, found));
        }

        void gradient(String output) {
            if (output.startsWith("grad.pos_embed.")) {
                positions(output, true);
            } else if (output.startsWith("grad.adaptive_max_pool")) {
                maxPool(output, true);
            } else if (output.startsWith("grad.bicubic.")) {
                out.check(output, transposed());
            }
        }

        /// The transpose of bicubic resampling; training never needs it.
        private double[] transposed() {
            Shape from = c.input("x").dims(), to = c.input("grad_out_bicubic").dims();
            int h = from.dim(2), w = from.dim(3), rows = to.dim(2), columns = to.dim(3);
            double[] dy = c.input("grad_out_bicubic").data(),
                    dx = new double[c.input("x").data().length];
            for (int i = 0; i < dy.length; i++) {
                int plane = i / (rows * columns);
                Cubic.Taps ty = Cubic.picture(i / columns % rows, h, rows);
                Cubic.Taps tx = Cubic.picture(i % columns, w, columns);
                for (int a = 0; a < 4; a++) {
                    for (int b = 0; b < 4; b++) {
                        int row = Math.clamp(ty.first() + a, 0, h - 1), column = Math.clamp(tx.first() + b, 0, w - 1);
                        dx[(plane * h + row) * w + column] += ty.weights()[a] * tx.weights()[b] * dy[i];
                    }
                }
            }
            return dx;
        }
    }
}
