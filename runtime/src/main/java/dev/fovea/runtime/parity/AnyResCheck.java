package dev.fovea.runtime.parity;

import dev.fovea.datasets.Picture;
import dev.fovea.datasets.images.Crop;
import dev.fovea.datasets.images.ImageCodec;
import dev.fovea.datasets.images.PictureTiles;
import dev.fovea.datasets.images.TileGrid;
import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.ir.GraphBuilder;
import dev.fovea.runtime.ir.ImageOp;
import dev.fovea.runtime.ir.TileOp;
import dev.fovea.runtime.ir.TokenOp;
import dev.fovea.runtime.ir.Value;
import dev.fovea.runtime.model.AnyResTower;
import dev.fovea.runtime.model.VisionTower;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// The baseline AnyRes (ps3-spec 4.1): the grid chosen for the recorded picture, its tiles to the last bit, the
/// features of every tile, and the three orders of tokens.
final class AnyResCheck implements CaseCheck {
    private static final Map<String, ModelSpec.Merge> MERGES = Map.of(
            "flat", ModelSpec.Merge.FLAT,
            "spatial", ModelSpec.Merge.SPATIAL,
            "spatial_unpad", ModelSpec.Merge.SPATIAL_UNPAD);

    @Override
    public String kind() {
        return "AnyRes";
    }

    @Override
    public boolean matches(GoldenCase c) {
        return c.call().startsWith("process_anyres_image(");
    }

    @Override
    public void run(GoldenCase c, Backend backend, Findings out) {
        ModelSpec spec = ParityModel.spec(c, ModelSpec.Strategy.BOTTOM_UP);
        int tile = spec.ps3().scales().getFirst();
        Picture picture = decoded(c);
        TileGrid grid = grid(c, picture, tile, out);
        checkTiles(c, picture, grid, tile, out);
        ParityGraph g = new ParityGraph(c);
        GraphBuilder b = g.builder();
        VisionTower tower = new VisionTower(b, g.parameters(), spec);
        Value patches = b.add(new ImageOp.CutPatches(
                g.in("tiles"), null, tile, tile, spec.vision().patch()));
        Value features = tower.tiles(patches).hidden().getLast();
        Map<String, Value> merged = merged(g, spec, tower, features, grid, picture);
        List<Value> read = new ArrayList<>(merged.values());
        read.add(features);
        Map<Value, double[]> found = g.run(backend, read);
        out.check("tile_features", features, found);
        merged.forEach((name, value) -> out.check(name, value, found));
    }

    /// The tokens of the whole picture followed by those of its tiles in each order.
    private static Map<String, Value> merged(
            ParityGraph g, ModelSpec spec, VisionTower tower, Value features, TileGrid grid, Picture picture) {
        GraphBuilder b = g.builder();
        int side = tower.side(), columns = grid.columns() * side, rows = grid.rows() * side;
        Value base = b.add(new TokenOp.Slice(features, 0, 0, 1));
        Value tiles = b.add(new TokenOp.Slice(features, 0, 1, grid.tiles()));
        TileOp.Tiling tiling = new TileOp.Tiling(grid.rows(), grid.columns(), side, side);
        Crop content = TileGrid.content(picture.width(), picture.height(), columns, rows);
        Value newline = g.in("image_newline");
        AnyResTower anyRes = new AnyResTower(b, g.parameters(), spec, tower);
        Map<String, Value> all = new LinkedHashMap<>();
        MERGES.forEach((name, merge) -> {
            Value end = merge == ModelSpec.Merge.SPATIAL_UNPAD ? newline : null;
            Value tokens = anyRes.merged(tiles, tiling, merge, content, end);
            all.put(name, b.add(new TokenOp.Concat(List.of(base, tokens), 1)));
        });
        return all;
    }

    private static Picture decoded(GoldenCase c) {
        try {
            return ImageCodec.decode(c.file("image.png"));
        } catch (IOException e) {
            throw new GoldenException(c.name() + "/image.png: " + e.getMessage(), e);
        }
    }

    /// The grid of our own choice, which must be the recorded one.
    private static TileGrid grid(GoldenCase c, Picture picture, int tile, Findings out) {
        List<TileGrid> allowed = c.params()
                .path("grid_pinpoints")
                .valueStream()
                .map(size -> grid(size, tile))
                .toList();
        TileGrid ours = TileGrid.bestFit(picture.width(), picture.height(), allowed, tile);
        TileGrid recorded = grid(c.params().path("best_resolution_wh"), tile);
        boolean same = ours.equals(recorded);
        out.measure("best_resolution_wh", same ? 0 : 1, 0, "our choice is " + ours + ", recorded " + recorded);
        return recorded;
    }

    private static TileGrid grid(JsonNode size, int tile) {
        return new TileGrid(size.path(0).asInt() / tile, size.path(1).asInt() / tile);
    }

    /// Our own tiles against the recorded ones, channel-major: every byte equal.
    private static void checkTiles(GoldenCase c, Picture picture, TileGrid grid, int tile, Findings out) {
        List<Picture> ours = new ArrayList<>(List.of(PictureTiles.whole(picture, tile)));
        ours.addAll(PictureTiles.padded(picture, grid, tile));
        double[] recorded = c.input("tiles_u8").data();
        int plane = tile * tile, one = 3 * plane;
        double worst = recorded.length == ours.size() * one ? 0 : Double.POSITIVE_INFINITY;
        for (int i = 0; i < Math.min(recorded.length, ours.size() * one); i++) {
            byte[] rgb = ours.get(i / one).rgb();
            int value = rgb[i % plane * 3 + i % one / plane] & 255;
            worst = Math.max(worst, Math.abs(value - recorded[i]));
        }
        out.measure("tiles_u8 (made from image.png)", worst, 0, "levels by which a pixel of our own tiles differs");
    }
}
