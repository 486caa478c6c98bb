package dev.fovea.datasets.images;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// A grid of square tiles that a picture is cut into, and the two rules that choose it (ps3-spec 4.1).
///
/// @param columns tiles beside one another
/// @param rows tiles above one another
public record TileGrid(int columns, int rows) {
    /// Refuses an empty grid.
    public TileGrid {
        if (columns < 1 || rows < 1) {
            throw new IllegalArgumentException("a grid of " + columns + "x" + rows + " tiles has no tile");
        }
    }

    /// Number of tiles.
    public int tiles() {
        return columns * rows;
    }

    /// Every grid of at most `most` tiles, those of fewer tiles first, and of as many the narrower first.
    ///
    /// @throws IllegalArgumentException if `most` is not positive
    public static List<TileGrid> upTo(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("at most " + most + " tiles leave no grid; at least 1 does");
        }
        List<TileGrid> grids = new ArrayList<>();
        for (int columns = 1; columns <= most; columns++) {
            for (int rows = 1; columns * rows <= most; rows++) {
                grids.add(new TileGrid(columns, rows));
            }
        }
        grids.sort(Comparator.comparingInt(TileGrid::tiles).thenComparingInt(TileGrid::columns));
        return List.copyOf(grids);
    }

    /// The grid with the largest effective resolution for a picture, min(pixels it fits into, own pixels); among
    /// equals the one with the fewest pixels left over, and the first of these (LLaVA).
    ///
    /// @param tile side of a tile in pixels
    public static TileGrid bestFit(int width, int height, List<TileGrid> allowed, int tile) {
        TileGrid best = first(allowed);
        long most = -1, least = Long.MAX_VALUE;
        for (TileGrid grid : allowed) {
            double scale = Math.min((double) grid.columns * tile / width, (double) grid.rows * tile / height);
            long fitted = (long) (int) (width * scale) * (int) (height * scale);
            long effective = Math.min(fitted, (long) width * height);
            long wasted = (long) grid.tiles() * tile * tile - effective;
            if (effective > most || (effective == most && wasted < least)) {
                best = grid;
                most = effective;
                least = wasted;
            }
        }
        return best;
    }

    /// The grid whose aspect ratio is nearest to the picture's; of equally near ones a later one only if the
    /// picture has more than half of its pixels (NVILA).
    ///
    /// @param tile side of a tile in pixels
    public static TileGrid nearestAspect(int width, int height, List<TileGrid> allowed, int tile) {
        TileGrid best = first(allowed);
        double nearest = Double.POSITIVE_INFINITY;
        for (TileGrid grid : allowed) {
            double distance = Math.abs((double) width / height - (double) grid.columns / grid.rows);
            boolean large = (double) width * height > 0.5 * tile * tile * grid.tiles();
            if (distance < nearest || (distance == nearest && large)) {
                best = grid;
                nearest = distance;
            }
        }
        return best;
    }

    private static TileGrid first(List<TileGrid> allowed) {
        if (allowed.isEmpty()) {
            throw new IllegalArgumentException("no grid of tiles is allowed; at least one must be");
        }
        return allowed.getFirst();
    }

    /// The cells of a grid of tokens that hold the picture rather than padding, by the rule of LLaVA's
    /// `unpad_image`: padding on both sides is rounded down, so that a cell that is partly padding may stay.
    ///
    /// @param tokenColumns tokens from left to right over all tiles
    /// @param tokenRows tokens from top to bottom over all tiles
    public static Crop content(int width, int height, int tokenColumns, int tokenRows) {
        if ((double) width / height > (double) tokenColumns / tokenRows) {
            int kept = (int) (height * ((double) tokenColumns / width));
            int padding = (tokenRows - kept) / 2;
            return new Crop(0, padding, tokenColumns, tokenRows - 2 * padding);
        }
        int kept = (int) (width * ((double) tokenRows / height));
        int padding = (tokenColumns - kept) / 2;
        return new Crop(padding, 0, tokenColumns - 2 * padding, tokenRows);
    }
}
