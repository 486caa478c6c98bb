package dev.fovea.datasets.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.fovea.datasets.Picture;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The two rules that choose a grid of tiles, what of it is padding, and the tiles themselves.
class TileGridTest {
    private static final int TILE = 336;
    private static final List<TileGrid> LLAVA =
            List.of(new TileGrid(1, 2), new TileGrid(2, 1), new TileGrid(2, 2), new TileGrid(3, 1), new TileGrid(1, 3));

    private static TileGrid bestFit(int width, int height) {
        return TileGrid.bestFit(width, height, LLAVA, TILE);
    }

    private static TileGrid nearest(int width, int height, int most) {
        return TileGrid.nearestAspect(width, height, TileGrid.upTo(most), TILE);
    }

    @Test
    void gridsUpToSomeTilesAscend() {
        assertThat(TileGrid.upTo(3))
                .containsExactly(
                        new TileGrid(1, 1),
                        new TileGrid(1, 2),
                        new TileGrid(2, 1),
                        new TileGrid(1, 3),
                        new TileGrid(3, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> TileGrid.upTo(0));
        assertThatIllegalArgumentException().isThrownBy(() -> new TileGrid(0, 2));
    }

    /// A picture of 1000x600 fits 672x403 into two by two tiles and into no other grid as large.
    @Test
    void theBestFitHasTheLargestEffectiveResolution() {
        assertThat(bestFit(1000, 600)).isEqualTo(new TileGrid(2, 2));
        assertThat(bestFit(600, 600)).isEqualTo(new TileGrid(2, 2));
        assertThat(bestFit(1000, 300)).isEqualTo(new TileGrid(3, 1));
        assertThat(bestFit(300, 1000)).isEqualTo(new TileGrid(1, 3));
    }

    /// A small picture fits whole into several grids: the one with the least waste, and of equals the first.
    @Test
    void amongEqualsTheBestFitWastesLeast() {
        assertThat(bestFit(400, 100)).isEqualTo(new TileGrid(2, 1));
        assertThat(bestFit(100, 100)).isEqualTo(new TileGrid(1, 2));
        assertThatIllegalArgumentException().isThrownBy(() -> TileGrid.bestFit(10, 10, List.of(), TILE));
    }

    /// Squares get square grids, enlarged only if the picture has more than half of the grid's pixels.
    @Test
    void theNearestAspectIsEnlargedOnlyForLargePictures() {
        assertThat(nearest(400, 400, 12)).isEqualTo(new TileGrid(1, 1));
        assertThat(nearest(500, 500, 12)).isEqualTo(new TileGrid(2, 2));
        assertThat(nearest(800, 800, 12)).isEqualTo(new TileGrid(3, 3));
        assertThat(nearest(800, 400, 12)).isEqualTo(new TileGrid(2, 1));
        assertThat(nearest(100, 900, 4)).isEqualTo(new TileGrid(1, 4));
    }

    @Test
    void paddingIsDroppedOnBothSidesAlike() {
        assertThat(TileGrid.content(100, 70, 8, 8)).isEqualTo(new Crop(0, 1, 8, 6));
        assertThat(TileGrid.content(70, 100, 8, 8)).isEqualTo(new Crop(1, 0, 6, 8));
        assertThat(TileGrid.content(150, 40, 12, 4)).isEqualTo(new Crop(0, 0, 12, 4));
        assertThat(TileGrid.content(64, 64, 8, 8)).isEqualTo(new Crop(0, 0, 8, 8));
    }

    /// A grey picture twice as wide as high on two by two tiles: a quarter of black above and below.
    @Test
    void tilesArePaddedOrStretched() {
        byte[] grey = new byte[16 * 8 * 3];
        java.util.Arrays.fill(grey, (byte) 90);
        Picture picture = new Picture(16, 8, grey);
        List<Picture> padded = PictureTiles.padded(picture, new TileGrid(2, 2), 8);
        assertThat(padded).hasSize(4);
        for (int tile = 0; tile < 4; tile++) {
            for (int y = 0; y < 8; y++) {
                boolean black = tile < 2 ? y < 4 : y >= 4;
                assertThat(padded.get(tile).rgb()[y * 24] & 255)
                        .as("tile %s, row %s", tile, y)
                        .isEqualTo(black ? 0 : 90);
            }
        }
        for (Picture tile : PictureTiles.stretched(picture, new TileGrid(2, 2), 8)) {
            assertThat(tile.rgb()).containsOnly((byte) 90).hasSize(8 * 8 * 3);
        }
        assertThat(PictureTiles.whole(picture, 4).width()).isEqualTo(4);
    }
}
