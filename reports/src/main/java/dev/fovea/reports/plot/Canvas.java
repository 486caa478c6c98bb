package dev.fovea.reports.plot;

import java.awt.image.BufferedImage;

/// The few marks that pictures of this module are made of, so that one layout serves SVG and PNG.
sealed interface Canvas permits SvgCanvas, ImageCanvas {
    /// Where a text stands relative to its point.
    enum Anchor {
        START,
        MIDDLE,
        END
    }

    /// How a text looks.
    ///
    /// @param size height of the em square
    record Lettering(double size, boolean bold, Ink ink) {
        static Lettering of(double size, Ink ink) {
            return new Lettering(size, false, ink);
        }

        static Lettering bold(double size, Ink ink) {
            return new Lettering(size, true, ink);
        }
    }

    /// Width of a text in canvas units; for SVG an upper estimate over the usual sans-serif fonts.
    double textWidth(String text, double size, boolean bold);

    /// Draws `text` with its baseline at y.
    void text(String text, double x, double y, Anchor anchor, Lettering lettering);

    /// Draws `text` turned a quarter to the left, centred at the point.
    void verticalText(String text, double x, double y, Lettering lettering);

    void fill(Area area, Ink ink, double opacity);

    void outline(Area area, Ink ink, double width);

    void line(double x0, double y0, double x1, double y1, Ink ink, double width);

    /// Open line through the points; `dash` is the pattern's number, 0 for a solid line.
    void polyline(double[] x, double[] y, Ink ink, double width, int dash);

    /// Closed area through the points.
    void polygon(double[] x, double[] y, Ink ink, double opacity);

    void disc(double x, double y, double radius, Ink ink);

    /// Draws an image stretched over `area`; `smooth` interpolates, else pixels stay squares.
    void image(BufferedImage image, Area area, double opacity, boolean smooth);

    /// `text`, or as much of it as fits into `room` followed by an ellipsis.
    default String fit(String text, double size, boolean bold, double room) {
        if (textWidth(text, size, bold) <= room) {
            return text;
        }
        int length = text.length();
        while (length > 0 && textWidth(text.substring(0, length).stripTrailing() + "…", size, bold) > room) {
            length = text.offsetByCodePoints(length, -1);
        }
        return text.substring(0, length).stripTrailing() + "…";
    }
}
