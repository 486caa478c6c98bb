package dev.fovea.reports.plot;

/// A rectangle on a canvas, in canvas units (one unit is one CSS pixel), y downwards.
///
/// @param x left edge
/// @param y upper edge
record Area(double x, double y, double width, double height) {
    double right() {
        return x + width;
    }

    double bottom() {
        return y + height;
    }

    double centreX() {
        return x + width / 2;
    }

    double centreY() {
        return y + height / 2;
    }
}
