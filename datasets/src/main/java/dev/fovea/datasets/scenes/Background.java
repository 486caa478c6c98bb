package dev.fovea.datasets.scenes;

import java.io.IOException;

/// What scenes lie on.
interface Background {
    /// The background of a scene: (side, side, 3) bytes in a new array, a pure function of its arguments.
    ///
    /// @param heldOut whether the scene is for evaluation only
    /// @throws IOException if a picture cannot be read
    byte[] draw(long seed, int side, boolean heldOut) throws IOException;
}
