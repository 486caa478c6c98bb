package dev.fovea.runtime.ir;

import dev.fovea.runtime.ir.PointwiseOp.GeluKind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// The table of op cases: every op of the IR at odd sizes. A new op needs a row here; a test fails, naming it,
/// until
/// then.
public final class OpCases {
    private final List<OpCase> cases = new ArrayList<>();

    private OpCases() {}

    /// All cases.
    public static List<OpCase> all() {
        OpCases t = new OpCases();
        t.linear();
        t.norms();
        t.attention();
        t.pointwise();
        t.tokens();
        t.positions();
        t.convolution();
        t.maps();
        t.losses();
        t.images();
        t.measures();
        t.switches();
        t.texts();
        t.tiles();
        return List.copyOf(t.cases);
    }

    private void add(String name, Function<OpCase.Inputs, Op> make) {
        cases.add(OpCase.of(name, 1000 + cases.size(), make));
    }

    private void linear() {
        for (int[] s : new int[][] {{1, 1, 1}, {7, 13, 5}, {33, 31, 65}, {100, 64, 9}, {65, 129, 130}}) {
            String size = s[0] + "x" + s[1] + "x" + s[2];
            add(
                    "linear " + size,
                    in -> new LinearOp.Linear(in.normal(s[0], s[1]), in.normal(s[2], s[1]), in.normal(s[2])));
        }
        add("linear without bias", in -> new LinearOp.Linear(in.normal(2, 3, 8), in.normal(5, 8), null));
        add("linear patches", in -> new LinearOp.Linear(in.normal(2, 5, 12), in.normal(7, 3, 2, 2), in.normal(7)));
        add("linear vector", in -> new LinearOp.Linear(in.normal(17), in.normal(9, 17), in.normal(9)));
    }

    private void norms() {
        for (int d : new int[] {1, 3, 8, 13, 31, 64, 100, 577}) {
            add("layer norm " + d, in -> new NormOp.LayerNorm(in.normal(3, 5, d), in.normal(d), in.normal(d), 1e-5));
            add("normalize " + d, in -> new NormOp.Normalize(in.normal(7, d), 1e-12));
        }
    }

    private void attention() {
        for (int[] s :
                new int[][] {{1, 1, 0, 1, 1}, {2, 5, 0, 3, 4}, {2, 7, 9, 2, 8}, {1, 33, 65, 3, 13}, {1, 70, 130, 1, 64}
                }) {
            int width = 3 * s[3] * s[4];
            String size = s[0] + "x" + s[1] + "+" + s[2] + " heads " + s[3] + " of " + s[4];
            add(
                    "attention " + size,
                    in -> new AttentionOp.SelfAttention(
                            in.normal(s[0], s[1], width),
                            s[2] == 0 ? null : in.normal(s[0], s[2], width),
                            s[3],
                            false));
            add(
                    "causal attention " + size,
                    in -> new AttentionOp.SelfAttention(
                            in.normal(s[0], s[1], width), s[2] == 0 ? null : in.normal(s[0], s[2], width), s[3], true));
        }
        for (int[] s : new int[][] {{1, 1, 1, 1}, {3, 7, 2, 8}, {2, 101, 3, 13}}) {
            int d = s[2] * s[3];
            add(
                    "pool " + d,
                    in -> new AttentionOp.PoolAttention(in.normal(1, 1, d), in.normal(s[0], s[1], 2 * d), null, s[2]));
            add(
                    "masked pool " + d,
                    in -> new AttentionOp.PoolAttention(
                            in.normal(1, d), in.normal(s[0], s[1], 2 * d), in.flags(1, s[0], s[1]), s[2]));
            add(
                    "pool without keys " + d,
                    in -> new AttentionOp.PoolAttention(
                            in.normal(d), in.normal(s[0], s[1], 2 * d), in.between(0, 1e-300, s[0], s[1]), s[2]));
        }
    }

    private void pointwise() {
        for (int n : new int[] {1, 7, 16, 33, 1000}) {
            add("add " + n, in -> new PointwiseOp.Add(in.normal(n), in.normal(n)));
            add("scale " + n, in -> new PointwiseOp.Scale(in.normal(n), -0.7));
            add("gelu erf " + n, in -> new PointwiseOp.Gelu(in.between(-9, 9, n), GeluKind.ERF));
            add("gelu tanh " + n, in -> new PointwiseOp.Gelu(in.between(-9, 9, n), GeluKind.TANH));
            add("scale channels " + n, in -> new PointwiseOp.ScaleChannels(in.normal(3, n), in.normal(n)));
            add(
                    "selection probability " + n,
                    in -> new PointwiseOp.SelectionProbability(in.between(-1, 1, 2, n), in.between(-1, 1, 2, n), 5));
            add(
                    "clamped selection probability " + n,
                    in -> new PointwiseOp.SelectionProbability(in.between(-3, 3, 2, n), null, 5));
            add("where " + n, in -> new PointwiseOp.WhereRows(in.flags(1, 5, 1), in.normal(5, n), in.normal(5, n)));
        }
    }

    private void tokens() {
        add("add rows", in -> new TokenOp.AddRows(in.normal(3, 5, 7), in.normal(1, 5, 7)));
        add("gather", in -> new TokenOp.Gather(in.normal(11, 13), in.indices(11, 3, 17)));
        add("gather from 1,V,D", in -> new TokenOp.Gather(in.normal(1, 40, 33), in.indices(40, 2, 9)));
        for (int axis = 0; axis < 3; axis++) {
            int a = axis;
            add(
                    "concat along " + a,
                    in -> new TokenOp.Concat(
                            List.of(in.normal(dims(a, 2)), in.normal(dims(a, 1)), in.normal(dims(a, 7))), a));
            add("slice along " + a, in -> new TokenOp.Slice(in.normal(dims(a, 9)), a, 2, 5));
        }
        add("concat one", in -> new TokenOp.Concat(List.of(in.normal(2, 3)), 1));
        add("last token", in -> new TokenOp.Slice(in.normal(3, 12, 17), 1, 11, 1));
    }

    private static int[] dims(int axis, int size) {
        int[] d = {3, 5, 4};
        d[axis] = size;
        return d;
    }

    private void positions() {
        add("own positions", in -> new PositionOp.PositionAt(in.normal(1, 9, 7), in.indices(9, 2, 5), 3, 3));
        for (int[] s : new int[][] {{6, 6}, {9, 5}, {4, 13}, {30, 30}}) {
            add(
                    "positions on " + s[0] + "x" + s[1],
                    in -> new PositionOp.PositionAt(in.normal(1, 9, 33), in.indices(s[0] * s[1], 3, 11), s[0], s[1]));
        }
    }

    private void convolution() {
        for (int[] s : new int[][] {{1, 1, 1, 1, 3}, {2, 5, 7, 3, 7}, {2, 9, 8, 17, 7}, {1, 12, 3, 32, 5}}) {
            add(
                    "depthwise " + s[1] + "x" + s[2] + "x" + s[3],
                    in -> new ConvolutionOp.DepthwiseConvolution(
                            in.normal(s[0], s[1] * s[2], s[3]),
                            in.normal(s[3], 1, s[4], s[4]),
                            in.normal(s[3]),
                            s[1],
                            s[2]));
        }
    }

    private void maps() {
        for (int d : new int[] {1, 7, 16, 65}) {
            add("cosine " + d, in -> new MapOp.CosineScore(in.normal(3, 5, d), in.normal(3, d)));
            add("cosine, one prompt " + d, in -> new MapOp.CosineScore(in.normal(3, 5, d), in.normal(d)));
        }
        for (int[] s : new int[][] {{6, 6, 3, 3}, {54, 54, 4, 4}, {7, 5, 3, 2}, {3, 3, 3, 3}}) {
            add(
                    "max pool " + s[0],
                    in -> new MapOp.AdaptiveMaxPool(in.distinct(2, s[0] * s[1]), s[0], s[1], s[2], s[3]));
        }
        for (int[] s : new int[][] {{3, 3, 6, 6}, {4, 4, 9, 5}, {5, 3, 2, 2}}) {
            add("nearest " + s[2], in -> new MapOp.NearestResize(in.normal(2, s[0] * s[1]), s[0], s[1], s[2], s[3]));
        }
    }

    private void losses() {
        for (int[] s : new int[][] {{1, 3}, {5, 12}, {33, 65}}) {
            add(
                    "pair loss " + s[0],
                    in -> new LossOp.SigmoidPairLoss(
                            in.normal(s[0], s[1]), in.normal(s[0], s[1]), in.between(0, 1), in.between(-2, 2)));
        }
        for (int n : new int[] {1, 9, 63}) {
            add(
                    "box loss " + n,
                    in -> new LossOp.BoxCrossEntropy(
                            in.between(0.01, 0.99, 5, n), in.flags(1, 5, n), in.flags(0, 5, 1)));
        }
        add(
                "box loss, all global",
                in -> new LossOp.BoxCrossEntropy(in.between(0.01, 0.99, 2, 3), in.flags(1, 2, 3), in.between(1, 2, 2)));
        add(
                "weighted sum",
                in -> new LossOp.WeightedSum(List.of(in.normal(), in.normal(), in.normal(1)), List.of(1.0, 0.5, 0.0)));
    }

    private void images() {
        for (int[] s : new int[][] {{12, 18, 12, 18, 6}, {13, 9, 20, 8, 4}, {40, 40, 14, 14, 7}, {5, 7, 21, 35, 7}}) {
            int cells = s[2] / s[4] * (s[3] / s[4]);
            String size = s[0] + "x" + s[1] + " at " + s[2] + "x" + s[3];
            add("cut all " + size, in -> new ImageOp.CutPatches(in.normal(2, 3, s[0], s[1]), null, s[2], s[3], s[4]));
            add(
                    "cut some " + size,
                    in -> new ImageOp.CutPatches(
                            in.normal(2, 3, s[0], s[1]), in.indices(cells, 2, 3), s[2], s[3], s[4]));
            add("area " + size, in -> new ImageOp.AreaResize(in.flags(1, 2, s[0], s[1]), s[4], s[4] - 1));
        }
        add("gather cells", in -> new ImageOp.GatherCells(in.normal(3, 10), in.indices(10, 3, 7)));
    }

    private void texts() {
        for (int[] s : new int[][] {{1, 1, 1}, {3, 12, 17}, {5, 7, 64}}) {
            add(
                    "token at the highest of " + s[1],
                    in -> new TokenOp.AtHighest(in.normal(s[0], s[1], s[2]), in.indices(5, s[0], s[1])));
            add("projection " + s[1], in -> new LinearOp.Project(in.normal(s[0], 2, s[1]), in.normal(s[1], s[2])));
        }
    }

    private void measures() {
        add("global norm", in -> new MeasureOp.GlobalNorm(List.of(in.normal(3, 5), in.normal(), in.normal(1001))));
        add("clip", in -> new MeasureOp.ClipFactor(in.between(2, 3), 1.5));
        add("no clip", in -> new MeasureOp.ClipFactor(in.between(0.1, 0.2), 1.5));
        UpdateOp.Hyper hyper = new UpdateOp.Hyper(0.9, 0.95, 1e-8, 0.1, -1.5, 1.5);
        for (int n : new int[] {1, 17, 1000}) {
            add(
                    "adamw " + n,
                    in -> new UpdateOp.AdamW(
                            in.normal(n),
                            in.normal(n),
                            in.between(0, 2, n),
                            in.normal(n),
                            in.between(0.05, 0.2, 3),
                            null,
                            hyper));
            add(
                    "clipped adamw " + n,
                    in -> new UpdateOp.AdamW(
                            in.normal(n),
                            in.normal(n),
                            in.between(0, 2, n),
                            in.normal(n),
                            in.between(0.05, 0.2, 3),
                            in.between(0.4, 1),
                            hyper));
        }
    }

    /// Ops of the reference's switches.
    private void switches() {
        add("crop", in -> new PositionOp.CropGrid(in.normal(1, 25, 7), 3, 4));
        add("crop all", in -> new PositionOp.CropGrid(in.normal(1, 9, 33), 3, 3));
        for (int n : new int[] {1, 9, 63}) {
            add(
                    "dice " + n,
                    in -> new LossOp.BoxDice(in.between(0.01, 0.99, 5, n), in.flags(1, 5, n), in.flags(0, 5, 1)));
        }
        add(
                "dice, all global",
                in -> new LossOp.BoxDice(in.between(0.01, 0.99, 2, 3), in.flags(1, 2, 3), in.between(1, 2, 2)));
        for (int[] s : new int[][] {{13, 9, 20, 8, 4}, {40, 33, 14, 7, 7}, {97, 40, 5, 10, 5}}) {
            add(
                    "cut antialiased " + s[0] + "x" + s[1] + " at " + s[2] + "x" + s[3],
                    in -> new ImageOp.CutPatches(in.normal(2, 3, s[0], s[1]), null, s[2], s[3], s[4], true));
        }
        for (int[] s : new int[][] {{13, 9, 20, 9, 6}, {17, 11, 17, 11, 4}}) {
            add(
                    "cut all but a border, " + s[0] + "x" + s[1] + " at " + s[2] + "x" + s[3],
                    in -> new ImageOp.CutPatches(in.normal(2, 3, s[0], s[1]), null, s[2], s[3], s[4]));
        }
        add("grid indices", in -> new ImageOp.GridIndices(in.indices(35, 3, 7), 5, 8));
    }

    /// Ops of the baselines; sizes are batch, width, tiles down and across, rows and columns of a tile.
    private void tiles() {
        for (int[] s : new int[][] {{1, 1, 1, 1, 1, 1}, {2, 7, 2, 3, 2, 2}, {3, 33, 3, 1, 1, 4}, {2, 16, 1, 2, 3, 5}}) {
            TileOp.Tiling t = new TileOp.Tiling(s[2], s[3], s[4], s[5]);
            int batch = s[0] * t.count(), cells = t.rows() * t.columns();
            add("cut tiles " + t, in -> new TileOp.CutTiles(in.normal(s[0], t.tokens(), s[1]), t));
            add("stitch tiles " + t, in -> new TileOp.StitchTiles(in.normal(batch, cells, s[1]), t));
            add("cut a map " + t, in -> new TileOp.CutTiles(in.normal(s[0], t.tokens()), t));
        }
        for (int[] s : new int[][] {{4, 4, 2, 2}, {2, 3, 4, 9}, {5, 7, 3, 2}, {3, 5, 4, 8}, {3, 3, 3, 3}}) {
            TileOp.Resizing g = new TileOp.Resizing(s[0], s[1], s[2], s[3]);
            add("area tokens " + g, in -> new TileOp.AreaTokens(in.normal(2, s[0] * s[1], 9), g));
        }
        for (int[] s : new int[][] {{4, 5, 1, 2, 2, 3}, {3, 3, 0, 0, 3, 3}, {5, 2, 4, 1, 1, 1}}) {
            TileOp.Cells c = new TileOp.Cells(s[0], s[1], s[2], s[3], s[4], s[5]);
            add("window " + c, in -> new TileOp.Window(in.normal(3, s[0] * s[1], 17), c));
        }
        add("row ends", in -> new TileOp.RowEnds(in.normal(2, 12, 7), in.normal(7), 3, 4));
        add("own row ends", in -> new TileOp.RowEnds(in.normal(2, 12, 7), in.normal(2, 3, 7), 3, 4));
        add("ends of a map", in -> new TileOp.RowEnds(in.normal(3, 10), in.normal(3, 5), 5, 2));
    }
}
