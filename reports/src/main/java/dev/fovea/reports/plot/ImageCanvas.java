package dev.fovea.reports.plot;

import java.awt.AlphaComposite;
import java.awt.BasicStroke;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;

/// Draws on a picture in memory in the light theme, magnified by a whole scale for sharp screens.
final class ImageCanvas implements Canvas, AutoCloseable {
    private static final float[][] DASHES = {{}, {6, 3}, {2, 3}, {8, 3, 2, 3}};

    private final BufferedImage picture;
    private final Graphics2D graphics;
    private final Letters letters;

    ImageCanvas(double width, double height, int scale, Letters letters) {
        picture = new BufferedImage(
                (int) Math.ceil(width * scale), (int) Math.ceil(height * scale), BufferedImage.TYPE_INT_RGB);
        graphics = picture.createGraphics();
        graphics.scale(scale, scale);
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        this.letters = letters;
        fill(new Area(0, 0, width + 1, height + 1), Ink.PAPER, 1);
    }

    BufferedImage picture() {
        return picture;
    }

    @Override
    public double textWidth(String text, double size, boolean bold) {
        return letters.width(text, size, bold);
    }

    @Override
    public void text(String text, double x, double y, Anchor anchor, Lettering lettering) {
        double width = letters.width(text, lettering.size(), lettering.bold());
        double start = switch (anchor) {
            case START -> x;
            case MIDDLE -> x - width / 2;
            case END -> x - width;
        };
        graphics.setColor(lettering.ink().lightColour(1));
        letters.draw(graphics, text, start, y, lettering.size(), lettering.bold());
    }

    @Override
    public void verticalText(String text, double x, double y, Lettering lettering) {
        AffineTransform before = graphics.getTransform();
        graphics.translate(x, y);
        graphics.rotate(-Math.PI / 2);
        text(text, 0, 0, Anchor.MIDDLE, lettering);
        graphics.setTransform(before);
    }

    @Override
    public void fill(Area area, Ink ink, double opacity) {
        graphics.setColor(ink.lightColour(opacity));
        graphics.fill(rectangle(area));
    }

    @Override
    public void outline(Area area, Ink ink, double width) {
        stroke(ink, width, 0);
        graphics.draw(rectangle(area));
    }

    @Override
    public void line(double x0, double y0, double x1, double y1, Ink ink, double width) {
        polyline(new double[] {x0, x1}, new double[] {y0, y1}, ink, width, 0);
    }

    @Override
    public void polyline(double[] x, double[] y, Ink ink, double width, int dash) {
        stroke(ink, width, dash);
        graphics.draw(path(x, y));
    }

    @Override
    public void polygon(double[] x, double[] y, Ink ink, double opacity) {
        Path2D path = path(x, y);
        path.closePath();
        graphics.setColor(ink.lightColour(opacity));
        graphics.fill(path);
    }

    @Override
    public void disc(double x, double y, double radius, Ink ink) {
        graphics.setColor(ink.lightColour(1));
        graphics.fill(new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius));
    }

    @Override
    public void image(BufferedImage image, Area area, double opacity, boolean smooth) {
        graphics.setRenderingHint(
                RenderingHints.KEY_INTERPOLATION,
                smooth
                        ? RenderingHints.VALUE_INTERPOLATION_BILINEAR
                        : RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
        graphics.setComposite(AlphaComposite.getInstance(AlphaComposite.SRC_OVER, (float) opacity));
        AffineTransform place = AffineTransform.getTranslateInstance(area.x(), area.y());
        place.scale(area.width() / image.getWidth(), area.height() / image.getHeight());
        graphics.drawImage(image, place, null);
        graphics.setComposite(AlphaComposite.SrcOver);
    }

    @Override
    public void close() {
        graphics.dispose();
    }

    private void stroke(Ink ink, double width, int dash) {
        float[] pattern = DASHES[dash % DASHES.length];
        graphics.setColor(ink.lightColour(1));
        int cap = pattern.length == 0 ? BasicStroke.CAP_ROUND : BasicStroke.CAP_BUTT;
        graphics.setStroke(new BasicStroke(
                (float) width,
                cap,
                BasicStroke.JOIN_ROUND,
                1,
                pattern.length == 0 ? null : Arrays.copyOf(pattern, pattern.length),
                0));
    }

    private static Rectangle2D rectangle(Area a) {
        return new Rectangle2D.Double(a.x(), a.y(), a.width(), a.height());
    }

    private static Path2D path(double[] x, double[] y) {
        Path2D path = new Path2D.Double();
        path.moveTo(x[0], y[0]);
        for (int i = 1; i < x.length; i++) {
            path.lineTo(x[i], y[i]);
        }
        return path;
    }
}
