package dev.fovea.runtime.bench;

import dev.fovea.dsl.spec.RunSpec;
import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.ir.AttentionOp;
import dev.fovea.runtime.ir.ConvolutionOp;
import dev.fovea.runtime.ir.ImageOp;
import dev.fovea.runtime.ir.LinearOp;
import dev.fovea.runtime.ir.MapOp;
import dev.fovea.runtime.ir.NormOp;
import dev.fovea.runtime.ir.Op;
import dev.fovea.runtime.ir.PointwiseOp;
import dev.fovea.runtime.ir.PointwiseOp.GeluKind;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.ir.TokenOp;
import dev.fovea.runtime.ir.UpdateOp;
import dev.fovea.runtime.ir.Value;
import dev.fovea.runtime.train.Backends;
import dev.fovea.runtime.train.RunException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/// The kernels that `fovea bench kernels` measures, at sizes of vision transformers and of PS3.
public final class KernelCases {
    /// Sizes whose arrays are far larger than the caches: rows of a matrix that is read once.
    private static final int ROWS = 8192, WIDTH = 1152;

    private final List<KernelCase> cases = new ArrayList<>();
    private RunSpec.Gemm gemm = RunSpec.Gemm.AUTO;

    private KernelCases() {}

    /// All of them, matrix products with each of the providers.
    ///
    /// @param providers as [#providers] finds them
    public static List<KernelCase> all(List<RunSpec.Gemm> providers) {
        KernelCases all = new KernelCases();
        for (RunSpec.Gemm provider : providers) {
            all.gemm = provider;
            all.products();
        }
        all.gemm = RunSpec.Gemm.AUTO;
        all.attention(true, 1, 6, 3289, 0, 64);
        all.attention(false, 1, 3, 2560, 729, 64);
        all.attention(true, 32, 4, 160, 64, 32);
        all.rows();
        all.pictures();
        return List.copyOf(all.cases);
    }

    /// The providers of matrix products that this machine has.
    public static List<RunSpec.Gemm> providers() {
        List<RunSpec.Gemm> there = new ArrayList<>();
        for (RunSpec.Gemm each : List.of(RunSpec.Gemm.JAVA, RunSpec.Gemm.ONEDNN)) {
            try (Backend _ = open(each, 1)) {
                there.add(each);
            } catch (RunException _) {
                // It is not there: nothing to measure.
            }
        }
        return there;
    }

    /// The CPU with a provider of matrix products.
    ///
    /// @throws RunException of kind BACKEND if the provider is not there
    public static Backend open(RunSpec.Gemm gemm, int threads) {
        return Backends.open(RunSpec.Backend.CPU, gemm, threads);
    }

    /// What a provider is called in tables and files; for `auto` the one that it takes.
    public static String name(RunSpec.Gemm gemm) {
        RunSpec.Gemm taken = gemm == RunSpec.Gemm.AUTO ? providers().getLast() : gemm;
        return taken.name().toLowerCase(Locale.ROOT);
    }

    private void add(boolean quick, String name, Function<OneOp.Inputs, Op> op) {
        cases.add(new KernelCase(name, gemm, quick, op));
    }

    private void products() {
        product(false, 2048, 192, 192);
        product(false, 2048, 576, 192);
        product(true, 2048, 768, 768);
        product(false, 4096, 1536, 384);
        product(false, 4096, 4304, 1152);
    }

    /// A linear layer of `rows` rows, `in` to `out`: forward (NT), the gradient of its input (NN), and that of its
    /// weight (TN). Names say rows x columns x depth of each product.
    private void product(boolean quick, int rows, int out, int in) {
        String by = " " + gemm.name().toLowerCase(Locale.ROOT);
        add(
                quick,
                "gemm NT " + size(rows, out, in) + by,
                x -> new LinearOp.Linear(x.floats(rows, in), x.floats(out, in), null));
        add(
                quick,
                "gemm NN " + size(rows, in, out) + by,
                x -> new LinearOp.LinearBackwardInput(x.floats(rows, out), x.floats(out, in)));
        add(
                quick,
                "gemm TN " + size(out, in, rows) + by,
                x -> new LinearOp.LinearBackwardWeight(x.floats(rows, in), x.floats(rows, out), Shape.of(out, in)));
    }

    /// Names say batch x heads x queries x keys x width of a head.
    private void attention(boolean quick, int batch, int heads, int tokens, int cached, int head) {
        String size = size(batch, heads, tokens, cached + tokens, head);
        int width = heads * head;
        Function<OneOp.Inputs, AttentionOp.SelfAttention> forward = x -> new AttentionOp.SelfAttention(
                x.floats(batch, tokens, 3 * width),
                cached == 0 ? null : x.floats(batch, cached, 3 * width),
                heads,
                false);
        add(quick, "attention " + size, forward::apply);
        add(quick, "attention backward " + size, x -> {
            AttentionOp.SelfAttention of = forward.apply(x);
            Value logSumExp = x.constant(Math.log(cached + tokens), batch, heads, tokens);
            return new AttentionOp.SelfAttentionBackward(
                    of, x.floats(batch, tokens, width), logSumExp, x.floats(batch, tokens, width));
        });
    }

    private void rows() {
        String size = " " + size(ROWS, WIDTH);
        double eps = 1e-6;
        add(
                true,
                "layer norm" + size,
                x -> new NormOp.LayerNorm(x.floats(ROWS, WIDTH), x.floats(WIDTH), x.floats(WIDTH), eps));
        add(
                true,
                "layer norm backward" + size,
                x -> new NormOp.LayerNormBackward(x.floats(ROWS, WIDTH), x.floats(WIDTH), x.floats(ROWS, WIDTH), eps));
        for (GeluKind kind : GeluKind.values()) {
            String name = "gelu " + kind.name().toLowerCase(Locale.ROOT);
            add(kind == GeluKind.ERF, name + size, x -> new PointwiseOp.Gelu(x.floats(ROWS, WIDTH), kind));
            add(
                    kind == GeluKind.ERF,
                    name + " backward" + size,
                    x -> new PointwiseOp.GeluBackward(x.floats(ROWS, WIDTH), x.floats(ROWS, WIDTH), kind));
        }
        add(false, "add" + size, x -> new PointwiseOp.Add(x.floats(ROWS, WIDTH), x.floats(ROWS, WIDTH)));
        add(false, "sum of rows" + size, x -> new LinearOp.SumRows(x.floats(ROWS, WIDTH), Shape.of(WIDTH)));
        UpdateOp.Hyper hyper =
                new UpdateOp.Hyper(0.9, 0.95, 1e-8, 0.1, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
        add(true, "adamw" + size, x -> {
            Value parameter = x.parameter(-1, 1, ROWS, WIDTH);
            Value first = x.parameter(-1e-3, 1e-3, ROWS, WIDTH);
            Value second = x.parameter(1e-6, 1e-5, ROWS, WIDTH);
            return new UpdateOp.AdamW(
                    parameter, first, second, x.floats(ROWS, WIDTH), x.constant(1e-3, 3), null, hyper);
        });
        int table = 4 * ROWS;
        add(
                false,
                "gather " + ROWS + " of " + table + " rows",
                x -> new TokenOp.Gather(x.floats(table, WIDTH), x.indices(table, 1, ROWS)));
        add(
                false,
                "scatter " + ROWS + " to " + table + " rows",
                x -> new TokenOp.GatherBackward(
                        x.floats(1, ROWS, WIDTH), x.indices(table, 1, ROWS), Shape.of(table, WIDTH)));
    }

    private void pictures() {
        int grid = 54;
        int channels = 512;
        String size = " 7x7 on " + size(grid, grid, channels);
        int[] weight = {channels, 1, 7, 7};
        add(
                true,
                "depthwise" + size,
                x -> new ConvolutionOp.DepthwiseConvolution(
                        x.floats(1, grid * grid, channels), x.floats(weight), x.floats(channels), grid, grid));
        add(
                false,
                "depthwise to input" + size,
                x -> new ConvolutionOp.DepthwiseBackwardInput(
                        x.floats(1, grid * grid, channels), x.floats(weight), grid, grid));
        add(
                false,
                "depthwise to weight" + size,
                x -> new ConvolutionOp.DepthwiseBackwardWeight(
                        x.floats(1, grid * grid, channels),
                        x.floats(1, grid * grid, channels),
                        new Shape(weight),
                        grid,
                        grid));
        cut(true, 1512, 1512, 2560);
        cut(true, 1512, 756, 2560);
        cut(false, 1512, 378, 729);
        cut(false, 3780, 1512, 2560);
        add(false, "area resize 1512 to 108", x -> new ImageOp.AreaResize(x.floats(1, 1512, 1512), 108, 108));
        add(false, "nearest resize 27 to 270", x -> new MapOp.NearestResize(x.floats(16, 27 * 27), 27, 27, 270, 270));
    }

    /// Patches of 14 pixels from a picture that is resized (bicubic) on the way, where its size differs.
    private void cut(boolean quick, int picture, int side, int count) {
        int cells = (side / 14) * (side / 14);
        add(
                quick,
                "cut " + count + " patches of " + picture + " at " + side,
                x -> new ImageOp.CutPatches(
                        x.floats(1, 3, picture, picture), x.indices(cells, 1, count), side, side, 14));
    }

    private static String size(int... dims) {
        StringBuilder text = new StringBuilder();
        for (int d : dims) {
            text.append(text.isEmpty() ? "" : "x").append(d);
        }
        return text.toString();
    }
}
