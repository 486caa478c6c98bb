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
    /// @param exchange scratch memory of [Packing#exchangeLength] floats
    static void block(float[] to, float[] from, int at, int rows, int lanes, float[] exchange) {
        int row = 0;
        for (; Interleave.LINES > 0 && row + WIDTH <= rows; row += WIDTH) {
            for (int column = 0; column < lanes; column += WIDTH) {
                int first = at + row * lanes + column;
                Interleave.lines(exchange, 0, from, first, lanes);
                Interleave.lines(exchange, Interleave.LINES * WIDTH, from, first + Interleave.LINES * lanes, lanes);
                Interleave.join(to, column * lanes + row, lanes, exchange);
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
