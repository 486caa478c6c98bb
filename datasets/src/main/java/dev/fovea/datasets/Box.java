package dev.fovea.datasets;

import java.util.Arrays;

/// A rectangle in pixels of its picture; the right and bottom edges are exclusive.
///
/// @param x0 left edge
/// @param y0 top edge
/// @param x1 right edge, exclusive
/// @param y1 bottom edge, exclusive
public record Box(double x0, double y0, double x1, double y1) {
    /// The box of a whole picture.
    public static Box whole(int width, int height) {
        return new Box(0, 0, width, height);
    }

    /// Width in pixels; negative for a box turned inside out.
    public double width() {
        return x1 - x0;
    }

    /// Height in pixels; negative for a box turned inside out.
    public double height() {
        return y1 - y0;
    }

    /// Area in square pixels, 0 for an empty box.
    public double area() {
        return Math.max(0, width()) * Math.max(0, height());
    }

    /// The part of this box inside `other`; empty (area 0) where they do not meet.
    public Box intersect(Box other) {
        double left = Math.max(x0, other.x0);
        double top = Math.max(y0, other.y0);
        return new Box(left, top, Math.max(left, Math.min(x1, other.x1)), Math.max(top, Math.min(y1, other.y1)));
    }

    /// Writes ones in rows floor(y0) to ceil(y1) and columns floor(x0) to ceil(x1), both inclusive, of a square
    /// map (side, side).
    public void mark(float[] map, int side) {
        int left = Math.clamp((long) Math.floor(x0), 0, side - 1);
        int right = Math.clamp((long) Math.ceil(x1), 0, side - 1);
        int top = Math.clamp((long) Math.floor(y0), 0, side - 1);
        int bottom = Math.clamp((long) Math.ceil(y1), 0, side - 1);
        for (int y = top; y <= bottom; y++) {
            Arrays.fill(map, y * side + left, y * side + right + 1, 1);
        }
    }

    /// The smallest box around this one and `other`.
    public Box union(Box other) {
        return new Box(Math.min(x0, other.x0), Math.min(y0, other.y0), Math.max(x1, other.x1), Math.max(y1, other.y1));
    }
}
