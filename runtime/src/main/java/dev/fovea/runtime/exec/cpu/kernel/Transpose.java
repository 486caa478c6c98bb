package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.WIDTH;

/// Turns blocks in an array around.
final class Transpose {
    private Transpose() {}

    /// to (L,L) = the transpose of `rows` rows of L floats of `from`, the columns beyond them 0
    ///
    /// @param from an array whose rows are L floats wide
    /// @param at first float of the rows in `from`
    /// @param lanes L, a multiple of the vector width
    /// @param exchange scratch memory of one square of vectors
    static void block(float[] to, float[] from, int at, int rows, int lanes, float[] exchange) {
        int group = Interleave.LINES;
        int row = 0;
        for (; group > 0 && row + group <= rows; row += group) {
            for (int column = 0; column < lanes; column += WIDTH) {
                Interleave.lines(exchange, 0, from, at + row * lanes + column, lanes);
                Interleave.spread(to, column * lanes + row, lanes, exchange);
            }
        }
        for (; row < lanes; row++) {
            scalar(to, row, from, at + row * lanes, lanes, row < rows);
        }
    }

    private static void scalar(float[] to, int row, float[] from, int at, int lanes, boolean present) {
        for (int column = 0; column < lanes; column++) {
            to[column * lanes + row] = present ? from[at + column] : 0f;
        }
    }
}
