package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOAT;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOATS;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.ORDER;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.WIDTH;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

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
        float[] joined = new float[reach()];
        for (int r = from; r < to; r++) {
            cut(patches, r, pixels, r / count, Rows.index(indices, r, gridRows * gridColumns), joined);
        }
    }

    /// patches (B,K,C*p*p) from pixels (B,C,H,W), where K is all patches of the grid; rows `from` to `to` of
    /// B*K
    public void cutAll(MemorySegment patches, MemorySegment pixels, int from, int to) {
        int count = gridRows * gridColumns;
        float[] joined = new float[reach()];
        for (int r = from; r < to; r++) {
            cut(patches, r, pixels, r / count, r % count, joined);
        }
    }

    /// Source columns that one patch reads at most.
    private int reach() {
        int most = 1;
        for (int left = 0; left < gridColumns * patch; left += patch) {
            most = Math.max(most, horizontal.first[left + patch - 1] + TAPS - horizontal.first[left]);
        }
        return most;
    }

    private void cut(MemorySegment patches, int row, MemorySegment pixels, int picture, int cell, float[] joined) {
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
                    line(patches, to + (long) y * patch, pixels, plane, top + y, left, joined);
                } else {
                    wideLine(patches, to + (long) y * patch, pixels, plane, top + y, left);
                }
            }
        }
    }

    /// One line of a patch: the four source lines are joined first, as far as the patch reads them, then the
    /// columns.
    private void line(
            MemorySegment patches, long to, MemorySegment pixels, long plane, int y, int left, float[] joined) {
        int[] first = horizontal.first;
        int begin = Math.clamp(first[left], 0, pictureColumns - 1);
        int end = Math.clamp(first[left + patch - 1] + TAPS, begin + 1, pictureColumns);
        join(joined, pixels, plane, y, begin, end - begin);
        float[] w = horizontal.weights;
        int last = end - begin - 1;
        for (int x = 0; x < patch; x++) {
            int at = TAPS * (left + x);
            int column = first[left + x] - begin;
            float sum;
            if (column >= 0 && column + TAPS <= last + 1) {
                sum = w[at] * joined[column]
                        + w[at + 1] * joined[column + 1]
                        + w[at + 2] * joined[column + 2]
                        + w[at + 3] * joined[column + 3];
            } else {
                sum = w[at] * joined[Math.clamp(column, 0, last)]
                        + w[at + 1] * joined[Math.clamp(column + 1, 0, last)]
                        + w[at + 2] * joined[Math.clamp(column + 2, 0, last)]
                        + w[at + 3] * joined[Math.clamp(column + 3, 0, last)];
            }
            patches.set(FLOAT, (to + x) << 2, sum);
        }
    }

    /// joined (count) = the four taps of row `y` of the resolution, at picture columns `begin` on
    private void join(float[] joined, MemorySegment pixels, long plane, int y, int begin, int count) {
        long first = sourceRow(plane, y, 0) + begin;
        long second = sourceRow(plane, y, 1) + begin;
        long third = sourceRow(plane, y, 2) + begin;
        long fourth = sourceRow(plane, y, 3) + begin;
        float[] w = vertical.weights;
        int at = TAPS * y;
        int i = 0;
        for (; i <= count - WIDTH; i += WIDTH) {
            FloatVector.fromMemorySegment(FLOATS, pixels, (first + i) << 2, ORDER)
                    .mul(w[at])
                    .add(FloatVector.fromMemorySegment(FLOATS, pixels, (second + i) << 2, ORDER)
                            .mul(w[at + 1]))
                    .add(FloatVector.fromMemorySegment(FLOATS, pixels, (third + i) << 2, ORDER)
                            .mul(w[at + 2]))
                    .add(FloatVector.fromMemorySegment(FLOATS, pixels, (fourth + i) << 2, ORDER)
                            .mul(w[at + 3]))
                    .intoArray(joined, i);
        }
        for (; i < count; i++) {
            joined[i] = pixels.get(FLOAT, (first + i) << 2) * w[at]
                    + pixels.get(FLOAT, (second + i) << 2) * w[at + 1]
                    + pixels.get(FLOAT, (third + i) << 2) * w[at + 2]
                    + pixels.get(FLOAT, (fourth + i) << 2) * w[at + 3];
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
}
