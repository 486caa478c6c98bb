package dev.fovea.datasets.scenes;

import dev.fovea.datasets.Tier;
import dev.fovea.datasets.sprites.Sprite;
import java.util.List;

/// What lies where in a scene, known before anything is drawn.
///
/// @param backgroundSeed decides the background
/// @param objects in the order of the example's regions
record Layout(long backgroundSeed, List<Placed> objects) {
    /// An object in a square cell; its visible part is centred there and touches two opposite sides.
    ///
    /// @param x left edge of the cell
    /// @param y top edge of the cell
    /// @param side of the cell in pixels
    record Placed(Choice choice, Sprite sprite, Tier tier, int x, int y, int side) {
        boolean meets(int otherX, int otherY, int otherSide, int gap) {
            return otherX < x + side + gap
                    && x < otherX + otherSide + gap
                    && otherY < y + side + gap
                    && y < otherY + otherSide + gap;
        }
    }
}
