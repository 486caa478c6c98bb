package dev.fovea.runtime.model;

import dev.fovea.datasets.images.Crop;
import dev.fovea.datasets.images.TileGrid;
import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.runtime.ir.Check;
import dev.fovea.runtime.ir.GraphBuilder;
import dev.fovea.runtime.ir.ImageOp;
import dev.fovea.runtime.ir.TileOp;
import dev.fovea.runtime.ir.TokenOp;
import dev.fovea.runtime.ir.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// AnyRes (ps3-spec 4.1): the whole picture at the low scale, and tiles of that size cut from the picture
/// enlarged to a grid of tiles; the same transformer encodes each alone.
///
/// Legend: B batch, S picture side, p patch side, g side of the low grid, R x C tiles, T = R * C, D width.
public final class AnyResTower {
    private final GraphBuilder b;
    private final Parameters p;
    private final ModelSpec spec;
    private final VisionTower tower;

    /// A tower that appends to `b`.
    public AnyResTower(GraphBuilder b, Parameters p, ModelSpec spec, VisionTower tower) {
        this.b = b;
        this.p = p;
        this.spec = spec;
        this.tower = tower;
    }

    /// Tokens with the share of each that a box covers.
    ///
    /// @param tokens (B,N,D), before the final norm
    /// @param coverage (B,N)
    public record Tokens(Value tokens, Value coverage) {}

    /// The grid of tiles for a picture of this size in pixels.
    public static TileGrid grid(ModelSpec spec, ModelSpec.AnyRes rule, int width, int height) {
        List<Integer> scales = spec.ps3().scales();
        int low = scales.getFirst(), side = scales.getLast() / low;
        List<TileGrid> allowed = TileGrid.upTo(rule.maxTiles() == 0 ? side * side : rule.maxTiles());
        return rule.grid() == ModelSpec.TileRule.BEST_FIT
                ? TileGrid.bestFit(width, height, allowed, low)
                : TileGrid.nearestAspect(width, height, allowed, low);
    }

    /// Square pixels (B,3,S,S), boxMap (B,S,S) -> tokens of the whole picture, then of its tiles in the order that
    /// `rule` says. Squares need no padding. NVILA's rule leaves the whole picture out where there is one tile.
    ///
    /// @throws IllegalArgumentException if the pictures are not square
    public Tokens tokens(Value pixels, Value boxMap, ModelSpec.AnyRes rule) {
        int width = pixels.shape().dim(3), height = pixels.shape().dim(2);
        TileGrid grid = grid(spec, rule, width, height);
        Check.that(
                width == height && grid.rows() == grid.columns(),
                "AnyRes inside a program: pictures of %sx%s pixels, must be square",
                width,
                height);
        int g = tower.side(),
                low = spec.ps3().scales().getFirst(),
                patch = spec.vision().patch();
        Value patches = b.add(new ImageOp.CutPatches(
                pixels,
                null,
                grid.rows() * low,
                grid.columns() * low,
                patch,
                spec.ps3().resizeAntialias()));
        TileOp.Tiling tiling = new TileOp.Tiling(grid.rows(), grid.columns(), g, g);
        Value tiles = tower.tiles(b.add(new TileOp.CutTiles(patches, tiling)))
                .hidden()
                .getLast();
        Crop all = Crop.whole(grid.columns() * g, grid.rows() * g);
        Value merged = merged(tiles, tiling, rule.merge(), all, newline(rule.merge()));
        Value covered = covered(boxMap, tiling, rule.merge());
        if (rule.grid() == ModelSpec.TileRule.NEAREST_ASPECT && grid.tiles() == 1) {
            return new Tokens(merged, covered);
        }
        Value base = tower.low(pixels).hidden().getLast();
        Value baseCovered = b.add(new ImageOp.AreaResize(boxMap, g, g));
        return new Tokens(
                b.add(new TokenOp.Concat(List.of(base, merged), 1)),
                b.add(new TokenOp.Concat(List.of(baseCovered, covered), 1)));
    }

    /// tiles (T*B,g*g,D), tile by tile in rows and of each tile one for every batch entry -> tokens (B,N,D) in the
    /// order that `merge` says.
    ///
    /// @param content the cells of the grid of tokens that are no padding; only `spatial-unpad` drops the others
    /// @param newline the vector (D) after each row; only for `spatial-unpad`
    public Value merged(
            Value tiles, TileOp.Tiling tiling, ModelSpec.Merge merge, Crop content, @Nullable Value newline) {
        if (merge == ModelSpec.Merge.FLAT) {
            return b.add(new TileOp.StitchTiles(tiles, oneAfterAnother(tiling)));
        }
        Value map = b.add(new TileOp.StitchTiles(tiles, tiling));
        if (newline == null) {
            return map;
        }
        int rows = tiling.down() * tiling.rows(), columns = tiling.across() * tiling.columns();
        TileOp.Cells cells =
                new TileOp.Cells(rows, columns, content.y(), content.x(), content.height(), content.width());
        Value window =
                content.height() == rows && content.width() == columns ? map : b.add(new TileOp.Window(map, cells));
        return b.add(new TileOp.RowEnds(window, newline, content.height(), content.width()));
    }

    /// Tiles below one another are rows of the grid one after another, which is tile after tile.
    private static TileOp.Tiling oneAfterAnother(TileOp.Tiling tiling) {
        return new TileOp.Tiling(tiling.count(), 1, tiling.rows(), tiling.columns());
    }

    /// boxMap (B,S,S) -> how much of each token of [#merged] a box covers (B,N); a row's end counts as the row.
    private Value covered(Value boxMap, TileOp.Tiling tiling, ModelSpec.Merge merge) {
        int rows = tiling.down() * tiling.rows(), columns = tiling.across() * tiling.columns();
        Value map = b.add(new ImageOp.AreaResize(boxMap, rows, columns));
        return switch (merge) {
            case SPATIAL -> map;
            case FLAT ->
                b.add(new TileOp.StitchTiles(b.add(new TileOp.CutTiles(map, tiling)), oneAfterAnother(tiling)));
            case SPATIAL_UNPAD ->
                b.add(new TileOp.RowEnds(map, b.add(new ImageOp.AreaResize(boxMap, rows, 1)), rows, columns));
        };
    }

    private @Nullable Value newline(ModelSpec.Merge merge) {
        int d = spec.vision().width();
        return merge == ModelSpec.Merge.SPATIAL_UNPAD
                ? p.get("vision_model.image_newline", new Init.Normal(1 / Math.sqrt(d)), d)
                : null;
    }
}
