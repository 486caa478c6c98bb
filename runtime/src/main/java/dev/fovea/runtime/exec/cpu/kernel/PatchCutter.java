package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOAT;

import java.lang.foreign.MemorySegment;

/// Patches of pictures at another resolution, resampled only where they are asked for.
///
/// Legend: B batch, C picture channels, H x W picture size, p patch side, K patches of one picture.
public final class PatchCutter {
    private static final int TAPS = 4;

    private final int channels;
    private final int pictureRows;
    private final int pictureColumns;
    private final int gridRows;
    private final int gridColumns;
    private final int patch;
    private final Axis vertical;
    private final Axis horizontal;

    /// How the positions along one axis are made of source pixels.
    ///
    /// @param first of each position, the first of its source pixels before clamping to the border
    /// @param weights of each position, those of its pixels: four, or another number, the same for all positions
    public record Axis(int[] first, float[] weights) {
        int taps() {
            return weights.length / first.length;
        }
    }

    /// A cutter for pictures of one size seen at one resolution.
    ///
    /// @param vertical one entry for each pixel row of the resolution, `horizontal` for each column; both are
    ///     ignored where the resolution is the picture's own
    public PatchCutter(int channels, int pictureRows, int pictureColumns, int patch, Axis vertical, Axis horizontal) {
        this.channels = channels;
        this.pictureRows = pictureRows;
        this.pictureColumns = pictureColumns;
        this.patch = patch;
        this.vertical = vertical;
        this.horizontal = horizontal;
        this.gridRows = vertical.first().length / patch;
        this.gridColumns = horizontal.first().length / patch;
    }

    /// patches (B,K,C*p*p) from pixels (B,C,H,W): patch k of picture b is number indices (B,K) of the grid,
    /// row-major; rows `from` to `to` of B*K
    ///
    /// @throws IndexOutOfBoundsException if an index lies outside the grid
    public void cut(MemorySegment patches, MemorySegment pixels, MemorySegment indices, int count, int from, int to) {
        for (int r = from; r < to; r++) {
            cut(patches, r, pixels, r / count, Rows.index(indices, r, gridRows * gridColumns));
        }
    }

    /// patches (B,K,C*p*p) from pixels (B,C,H,W), where K is all patches of the grid; rows `from` to `to` of
    /// B*K
    public void cutAll(MemorySegment patches, MemorySegment pixels, int from, int to) {
        int count = gridRows * gridColumns;
        for (int r = from; r < to; r++) {
            cut(patches, r, pixels, r / count, r % count);
        }
    }

    private void cut(MemorySegment patches, int row, MemorySegment pixels, int picture, int cell) {
        boolean identity = vertical.first.length == pictureRows && horizontal.first.length == pictureColumns;
        int top = cell / gridColumns * patch;
        int left = cell % gridColumns * patch;
        for (int c = 0; c < channels; c++) {
            long plane = ((long) picture * channels + c) * pictureRows * pictureColumns;
            long to = ((long) row * channels + c) * patch * patch;
            for (int y = 0; y < patch; y++) {
                if (identity) {
                    long source = plane + (long) (top + y) * pictureColumns + left;
                    MemorySegment.copy(pixels, 4 * source, patches, 4 * (to + (long) y * patch), 4L * patch);
                } else if (vertical.taps() == TAPS && horizontal.taps() == TAPS) {
                    line(patches, to + (long) y * patch, pixels, plane, top + y, left);
                } else {
                    wideLine(patches, to + (long) y * patch, pixels, plane, top + y, left);
                }
            }
        }
    }

    private void line(MemorySegment patches, long to, MemorySegment pixels, long plane, int y, int left) {
        long first = sourceRow(plane, y, 0);
        long second = sourceRow(plane, y, 1);
        long third = sourceRow(plane, y, 2);
        long fourth = sourceRow(plane, y, 3);
        int at = TAPS * y;
        float[] w = vertical.weights;
        for (int x = 0; x < patch; x++) {
            float sum = w[at] * across(pixels, first, left + x)
                    + w[at + 1] * across(pixels, second, left + x)
                    + w[at + 2] * across(pixels, third, left + x)
                    + w[at + 3] * across(pixels, fourth, left + x);
            patches.set(FLOAT, (to + x) << 2, sum);
        }
    }

    /// As [#line] with any number of taps along each axis.
    private void wideLine(MemorySegment patches, long to, MemorySegment pixels, long plane, int y, int left) {
        int down = vertical.taps(), along = horizontal.taps();
        for (int x = 0; x < patch; x++) {
            int column = horizontal.first[left + x];
            float sum = 0f;
            for (int i = 0; i < down; i++) {
                long row = sourceRow(plane, y, i);
                float across = 0f;
                for (int j = 0; j < along; j++) {
                    long at = row + Math.clamp(column + j, 0, pictureColumns - 1);
                    across += horizontal.weights[along * (left + x) + j] * pixels.get(FLOAT, at << 2);
                }
                sum += vertical.weights[down * y + i] * across;
            }
            patches.set(FLOAT, (to + x) << 2, sum);
        }
    }

    /// First float of the picture row that tap `tap` of row `y` of the resolution reads.
    private long sourceRow(long plane, int y, int tap) {
        return plane + (long) Math.clamp(vertical.first[y] + tap, 0, pictureRows - 1) * pictureColumns;
    }

    /// Row of the picture starting at float `line`, resampled at column `x` of the resolution.
    private float across(MemorySegment pixels, long line, int x) {
        int first = horizontal.first[x];
        int at = TAPS * x;
        float[] w = horizontal.weights;
        if (first >= 0 && first + TAPS <= pictureColumns) {
            long from = line + first;
            return w[at] * pixels.get(FLOAT, from << 2)
                    + w[at + 1] * pixels.get(FLOAT, (from + 1) << 2)
                    + w[at + 2] * pixels.get(FLOAT, (from + 2) << 2)
                    + w[at + 3] * pixels.get(FLOAT, (from + 3) << 2);
        }
        float sum = 0f;
        for (int tap = 0; tap < TAPS; tap++) {
            int column = Math.clamp(first + tap, 0, pictureColumns - 1);
            sum += w[at + tap] * pixels.get(FLOAT, (line + column) << 2);
        }
        return sum;
    }
}
