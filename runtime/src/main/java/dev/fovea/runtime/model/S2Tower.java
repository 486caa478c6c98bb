package dev.fovea.runtime.model;

import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.runtime.ir.Check;
import dev.fovea.runtime.ir.GraphBuilder;
import dev.fovea.runtime.ir.ImageOp;
import dev.fovea.runtime.ir.TileOp;
import dev.fovea.runtime.ir.TokenOp;
import dev.fovea.runtime.ir.Value;
import java.util.ArrayList;
import java.util.List;

/// S2, scaling on scales (ps3-spec 4.2): the picture at every scale, each in tiles of the low scale's size that
/// the same transformer encodes, the features of all scales on one grid and side by side on channels.
///
/// Legend: B batch, H x W picture, p patch side, g side of the low grid, n scales, T_i tiles of scale i, G side
/// of the common grid, D width.
public final class S2Tower {
    private final GraphBuilder b;
    private final ModelSpec spec;
    private final VisionTower tower;

    /// A tower that appends to `b`.
    public S2Tower(GraphBuilder b, ModelSpec spec, VisionTower tower) {
        this.b = b;
        this.spec = spec;
        this.tower = tower;
    }

    /// What the picture becomes.
    ///
    /// @param tiles patches of the tiles of each scale (T_i*B,g*g,3*p*p): tile by tile in rows, and of each tile
    ///     one for every batch entry
    /// @param joined features (B,G*G,n*D), the smallest scale's channels first
    /// @param side G
    public record Features(List<Value> tiles, Value joined, int side) {}

    /// pixels (B,3,H,W) -> features before the final norm. Pictures are squashed to each size.
    ///
    /// @param sizes side of the picture at each scale in pixels, ascending
    /// @throws IllegalArgumentException if a size does not fall into tiles of the low scale's size
    public Features features(Value pixels, List<Integer> sizes, ModelSpec.GridSize size) {
        int patch = spec.vision().patch();
        int side = (size == ModelSpec.GridSize.LARGEST ? sizes.getLast() : sizes.getFirst()) / patch;
        List<Value> tiles = new ArrayList<>(), maps = new ArrayList<>();
        for (int s : sizes) {
            TileOp.Tiling tiling = tiling(s);
            Value patches = b.add(
                    new ImageOp.CutPatches(pixels, null, s, s, patch, spec.ps3().resizeAntialias()));
            Value cut = tiling.count() == 1 ? patches : b.add(new TileOp.CutTiles(patches, tiling));
            tiles.add(cut);
            maps.add(resized(stitched(tower.tiles(cut).hidden().getLast(), tiling), s / patch, side));
        }
        return new Features(tiles, b.add(new TokenOp.Concat(maps, 2)), side);
    }

    /// As many tiles a side as the size needs, rounded up; they must divide it evenly and have the low scale's
    /// size.
    private TileOp.Tiling tiling(int size) {
        int low = spec.ps3().scales().getFirst(), count = Math.ceilDiv(size, low);
        Check.that(
                size == count * low,
                "S2: a picture of %s pixels does not fall into tiles of %s; a multiple of it does",
                size,
                low);
        return new TileOp.Tiling(count, count, tower.side(), tower.side());
    }

    private Value stitched(Value tiles, TileOp.Tiling tiling) {
        return tiling.count() == 1 ? tiles : b.add(new TileOp.StitchTiles(tiles, tiling));
    }

    private Value resized(Value map, int from, int to) {
        return from == to ? map : b.add(new TileOp.AreaTokens(map, new TileOp.Resizing(from, from, to, to)));
    }
}
