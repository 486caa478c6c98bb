package dev.fovea.datasets.images;

import dev.fovea.datasets.Picture;
import java.util.ArrayList;
import java.util.List;

/// Cuts 8-bit pictures into the tiles of AnyRes, bit for bit as the reference does with Pillow (ps3-spec 4.1).
public final class PictureTiles {
    private PictureTiles() {}

    /// The whole picture squashed to a square of side `tile`.
    public static Picture whole(Picture picture, int tile) {
        return squashed(picture, tile, tile);
    }

    /// The picture enlarged or reduced with its aspect ratio kept, centred on black, and cut row-major (LLaVA).
    ///
    /// @param tile side of a tile in pixels
    public static List<Picture> padded(Picture picture, TileGrid grid, int tile) {
        int width = grid.columns() * tile, height = grid.rows() * tile;
        double across = (double) width / picture.width(), down = (double) height / picture.height();
        boolean wide = across < down;
        int w = wide ? width : Math.min((int) Math.ceil(picture.width() * down), width);
        int h = wide ? Math.min((int) Math.ceil(picture.height() * across), height) : height;
        byte[] resized = squashed(picture, w, h).rgb(), canvas = new byte[width * height * 3];
        for (int y = 0; y < h; y++) {
            int to = ((height - h) / 2 + y) * width + (width - w) / 2;
            System.arraycopy(resized, y * w * 3, canvas, to * 3, w * 3);
        }
        return cut(new Picture(width, height, canvas), grid, tile);
    }

    /// The picture squashed to the grid and cut row-major (NVILA).
    ///
    /// @param tile side of a tile in pixels
    public static List<Picture> stretched(Picture picture, TileGrid grid, int tile) {
        return cut(squashed(picture, grid.columns() * tile, grid.rows() * tile), grid, tile);
    }

    private static Picture squashed(Picture picture, int width, int height) {
        Crop all = Crop.whole(picture.width(), picture.height());
        return new Picture(width, height, Resizer.resize(picture, all, width, height));
    }

    private static List<Picture> cut(Picture canvas, TileGrid grid, int tile) {
        List<Picture> tiles = new ArrayList<>();
        for (int i = 0; i < grid.tiles(); i++) {
            Crop crop = new Crop(i % grid.columns() * tile, i / grid.columns() * tile, tile, tile);
            tiles.add(new Picture(tile, tile, Resizer.resize(canvas, crop, tile, tile)));
        }
        return List.copyOf(tiles);
    }
}
