package dev.fovea.runtime.ir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/// The orders of tokens on grids, written out.
@NullUnmarked
class TileOpTest {
    private static Value value(GraphBuilder b, int... dims) {
        return b.input("x" + dims.length + dims[0], DType.F32, Shape.of(dims));
    }

    private static double[] evaluate(Op op, double[]... in) {
        double[] out = new double[op.outputShapes().getFirst().elements()];
        op.evaluate(in, new double[][] {out});
        return out;
    }

    /// Two pictures of 2x4 tokens in two tiles of 2x2: the first tile of both, then the second of both.
    @Test
    void tilesComeBeforeTheBatch() {
        GraphBuilder b = new GraphBuilder();
        TileOp.Tiling tiling = new TileOp.Tiling(1, 2, 2, 2);
        double[] x = {0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 15, 16, 17};
        double[] tiles = {0, 1, 4, 5, 10, 11, 14, 15, 2, 3, 6, 7, 12, 13, 16, 17};
        TileOp.CutTiles cut = new TileOp.CutTiles(value(b, 2, 8, 1), tiling);
        assertThat(cut.outputShapes()).containsExactly(Shape.of(4, 4, 1));
        assertThat(evaluate(cut, x)).containsExactly(tiles);
        TileOp.StitchTiles stitch = new TileOp.StitchTiles(value(b, 4, 4), tiling);
        assertThat(stitch.outputShapes()).containsExactly(Shape.of(2, 8));
        assertThat(evaluate(stitch, tiles)).containsExactly(x);
    }

    /// Three cells in two windows share the middle one; two cells in four windows are repeated.
    @Test
    void areasOverlapOrRepeat() {
        GraphBuilder b = new GraphBuilder();
        Value three = value(b, 1, 3), two = value(b, 2, 2);
        assertThat(evaluate(new TileOp.AreaTokens(three, new TileOp.Resizing(1, 3, 1, 2)), new double[] {2, 4, 8}))
                .containsExactly(3, 6);
        assertThat(evaluate(new TileOp.AreaTokens(two, new TileOp.Resizing(2, 1, 4, 1)), new double[] {2, 4, 6, 8}))
                .containsExactly(2, 2, 4, 4, 6, 6, 8, 8);
    }

    @Test
    void rowsEndWithTheirVector() {
        GraphBuilder b = new GraphBuilder();
        Value x = value(b, 1, 4), shared = value(b, 1), own = value(b, 1, 2, 1);
        double[] data = {1, 2, 3, 4};
        assertThat(evaluate(new TileOp.RowEnds(x, shared, 2, 2), data, new double[] {9}))
                .containsExactly(1, 2, 9, 3, 4, 9);
        assertThat(evaluate(new TileOp.RowEnds(x, own, 2, 2), data, new double[] {8, 9}))
                .containsExactly(1, 2, 8, 3, 4, 9);
        assertThat(evaluate(new TileOp.Window(x, new TileOp.Cells(2, 2, 1, 0, 1, 2)), data))
                .containsExactly(3, 4);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        GraphBuilder b = new GraphBuilder();
        Value x = value(b, 3, 4, 2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> b.add(new TileOp.CutTiles(x, new TileOp.Tiling(1, 1, 2, 3))))
                .withMessageContaining("6 tokens");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> b.add(new TileOp.StitchTiles(x, new TileOp.Tiling(2, 1, 2, 2))))
                .withMessageContaining("stitch tiles");
        assertThatIllegalArgumentException().isThrownBy(() -> new TileOp.Cells(2, 2, 1, 1, 2, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> b.add(new TileOp.RowEnds(x, x, 2, 2)));
    }
}
