package dev.fovea.datasets.scenes;

import dev.fovea.datasets.Box;
import dev.fovea.datasets.Picture;
import dev.fovea.datasets.Region;
import dev.fovea.datasets.sprites.Cutout;
import dev.fovea.datasets.sprites.SpriteStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Draws layouts.
final class Composer {
    private final SpriteStore sprites;
    private final Background background;
    private final int side;

    Composer(SpriteStore sprites, Background background, int side) {
        this.sprites = sprites;
        this.background = background;
        this.side = side;
    }

    /// A drawn scene.
    record Scene(Picture picture, List<Region> regions) {}

    /// @param heldOut whether the scene is for evaluation only
    /// @throws IOException if a sprite or the background cannot be drawn
    Scene compose(Layout layout, boolean heldOut) throws IOException {
        byte[] rgb = background.draw(layout.backgroundSeed(), side, heldOut);
        List<Region> regions = new ArrayList<>(layout.objects().size());
        for (Layout.Placed placed : layout.objects()) {
            regions.add(draw(placed, rgb));
        }
        return new Scene(new Picture(side, side, rgb), List.copyOf(regions));
    }

    private Region draw(Layout.Placed placed, byte[] rgb) throws IOException {
        Cutout cutout;
        try {
            cutout = sprites.sprite(placed.sprite(), placed.side());
        } catch (IOException e) {
            throw new IOException(
                    "sprite " + placed.sprite().style() + "/" + placed.sprite().name() + ": " + e.getMessage(), e);
        }
        int x = placed.x() + (placed.side() - cutout.width()) / 2;
        int y = placed.y() + (placed.side() - cutout.height()) / 2;
        blend(cutout, rgb, x, y);
        return new Region(
                new Box(x, y, (double) x + cutout.width(), (double) y + cutout.height()),
                placed.choice().caption(),
                placed.choice().concept(),
                placed.sprite().style(),
                placed.tier());
    }

    /// Premultiplied source over opaque destination.
    private void blend(Cutout cutout, byte[] rgb, int left, int top) {
        int[] argb = cutout.argb();
        int from = 0;
        for (int y = 0; y < cutout.height(); y++) {
            int at = ((top + y) * side + left) * 3;
            for (int x = 0; x < cutout.width(); x++, from++, at += 3) {
                int pixel = argb[from];
                int through = 255 - (pixel >>> 24);
                rgb[at] = over(pixel >> 16 & 255, through, rgb[at]);
                rgb[at + 1] = over(pixel >> 8 & 255, through, rgb[at + 1]);
                rgb[at + 2] = over(pixel & 255, through, rgb[at + 2]);
            }
        }
    }

    private static byte over(int source, int through, byte below) {
        // Division by 255, rounded; the sum never exceeds 255 because the source is at most its alpha.
        return (byte) (source + ((below & 255) * through + 127) / 255);
    }
}
