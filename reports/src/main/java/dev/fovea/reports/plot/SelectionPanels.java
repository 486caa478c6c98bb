package dev.fovea.reports.plot;

import dev.fovea.reports.plot.SelectionSample.MapLayer;
import java.awt.AlphaComposite;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// The panels of one sample.
final class SelectionPanels {
    private static final int LONGEST_SIDE = 464;

    /// Patch grid of one scale.
    record Grid(int rows, int columns) implements Comparable<Grid> {
        @Override
        public int compareTo(Grid other) {
            return Comparator.comparingInt(Grid::rows)
                    .thenComparingInt(Grid::columns)
                    .compare(this, other);
        }
    }

    private final SelectionSample sample;
    private final BufferedImage picture;
    private final BufferedImage grey;

    SelectionPanels(SelectionSample sample) {
        this.sample = sample;
        this.picture = reduced(sample);
        this.grey = grey(picture);
    }

    SelectionSample sample() {
        return sample;
    }

    /// Number of panels in the row.
    int count() {
        long selections = sample.layers().stream()
                .filter(l -> !l.selectedPatches().isEmpty())
                .count();
        return 1 + sample.layers().size() + (int) selections;
    }

    List<Grid> grids() {
        return sample.layers().stream()
                .flatMap(l -> l.selectedPatches().stream())
                .map(p -> new Grid(p[0], p[1]))
                .distinct()
                .sorted()
                .toList();
    }

    /// Largest area of the picture's proportions in the upper left of `cell`.
    Area fitted(Area cell) {
        double scale = Math.min(cell.width() / sample.width(), cell.height() / sample.height());
        return new Area(cell.x(), cell.y(), sample.width() * scale, sample.height() * scale);
    }

    void truth(Canvas canvas, Area cell) {
        canvas.image(picture, cell, 1, true);
        box(canvas, cell);
    }

    void scores(Canvas canvas, Area cell, MapLayer layer) {
        canvas.image(grey, cell, 1, true);
        canvas.image(ColourMap.picture(layer.probability(), layer.rows(), layer.columns()), cell, 0.64, false);
        box(canvas, cell);
    }

    void selected(Canvas canvas, Area cell, MapLayer layer) {
        canvas.image(picture, cell, 1, true);
        canvas.image(shade(layer), cell, 1, false);
        List<Grid> grids = grids();
        for (int g = 0; g < grids.size(); g++) {
            Grid grid = grids.get(g);
            double width = cell.width() / grid.columns();
            double height = cell.height() / grid.rows();
            double line = Math.clamp(Math.min(width, height) / 10, 0.35, 1.5);
            for (int[] patch : layer.selectedPatches()) {
                if (patch[0] == grid.rows() && patch[1] == grid.columns()) {
                    double x = cell.x() + patch[2] % grid.columns() * width;
                    double y = cell.y() + (patch[2] / grid.columns()) * height;
                    Area inside = new Area(
                            x + line / 2, y + line / 2, Math.max(0.1, width - line), Math.max(0.1, height - line));
                    canvas.outline(inside, Ink.scale(g), line);
                }
            }
        }
        box(canvas, cell);
    }

    private void box(Canvas canvas, Area cell) {
        double sx = cell.width() / sample.width();
        double sy = cell.height() / sample.height();
        SelectionSample.Box b = sample.box();
        if (b == null) {
            return;
        }
        Area place = new Area(
                cell.x() + b.x0() * sx,
                cell.y() + b.y0() * sy,
                Math.max(3, (b.x1() - b.x0()) * sx),
                Math.max(3, (b.y1() - b.y0()) * sy));
        canvas.outline(place, Ink.HALO, 3.2);
        canvas.outline(place, Ink.TRUTH, 1.6);
    }

    /// Mean score of cells whose centre is inside the box, and of the others.
    String insideAndOutside(MapLayer layer) {
        double[] sum = new double[2];
        int[] count = new int[2];
        for (int i = 0; i < layer.probability().length; i++) {
            double x = (i % layer.columns() + 0.5) * sample.width() / layer.columns();
            double y = (Math.floorDiv(i, layer.columns()) + 0.5) * sample.height() / layer.rows();
            SelectionSample.Box b = sample.box();
            int side = b != null && x >= b.x0() && x < b.x1() && y >= b.y0() && y < b.y1() ? 0 : 1;
            sum[side] += layer.probability()[i];
            count[side]++;
        }
        if (count[0] == 0 || count[1] == 0) {
            return String.format(Locale.ROOT, ": mean %.2f", (sum[0] + sum[1]) / (count[0] + count[1]));
        }
        return String.format(Locale.ROOT, ": in box %.2f, outside %.2f", sum[0] / count[0], sum[1] / count[1]);
    }

    String description() {
        StringBuilder out = new StringBuilder(sample.key()).append(", ").append(sample.caption());
        for (MapLayer layer : sample.layers()) {
            out.append("; ").append(layer.name()).append(insideAndOutside(layer));
        }
        return out.append('.').toString();
    }

    /// Darkness over everything that no selected patch covers.
    private BufferedImage shade(MapLayer layer) {
        int width = picture.getWidth();
        int height = picture.getHeight();
        BufferedImage out = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
        Graphics2D graphics = out.createGraphics();
        graphics.setComposite(AlphaComposite.Src);
        graphics.setColor(Ink.SHADE.lightColour(0.66));
        graphics.fillRect(0, 0, width, height);
        graphics.setColor(Ink.SHADE.lightColour(0));
        for (int[] patch : layer.selectedPatches()) {
            int x0 = Math.toIntExact((long) (patch[2] % patch[1]) * width / patch[1]);
            int x1 = Math.toIntExact((long) (patch[2] % patch[1] + 1) * width / patch[1]);
            int y0 = Math.toIntExact((long) (patch[2] / patch[1]) * height / patch[0]);
            int y1 = Math.toIntExact((long) (patch[2] / patch[1] + 1) * height / patch[0]);
            graphics.fillRect(x0, y0, x1 - x0, y1 - y0);
        }
        graphics.dispose();
        return out;
    }

    private static BufferedImage reduced(SelectionSample s) {
        BufferedImage full = new BufferedImage(s.width(), s.height(), BufferedImage.TYPE_INT_RGB);
        int[] row = new int[s.width()];
        for (int y = 0; y < s.height(); y++) {
            for (int x = 0; x < row.length; x++) {
                int at = 3 * (y * row.length + x);
                row[x] = (s.rgb()[at] & 255) << 16 | (s.rgb()[at + 1] & 255) << 8 | s.rgb()[at + 2] & 255;
            }
            full.setRGB(0, y, row.length, 1, row, 0, row.length);
        }
        BufferedImage out = full;
        // Halving first keeps thin details that one large step would skip.
        while (Math.max(out.getWidth(), out.getHeight()) > LONGEST_SIDE) {
            double scale = Math.max(0.5, (double) LONGEST_SIDE / Math.max(out.getWidth(), out.getHeight()));
            out = scaled(out, scale);
        }
        return out;
    }

    private static BufferedImage scaled(BufferedImage image, double scale) {
        int width = (int) Math.max(1, Math.round(image.getWidth() * scale));
        int height = (int) Math.max(1, Math.round(image.getHeight() * scale));
        BufferedImage out = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = out.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        graphics.drawImage(image, 0, 0, width, height, null);
        graphics.dispose();
        return out;
    }

    private static BufferedImage grey(BufferedImage image) {
        BufferedImage out = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < out.getHeight(); y++) {
            for (int x = 0; x < out.getWidth(); x++) {
                int c = image.getRGB(x, y);
                int luma = (299 * (c >> 16 & 255) + 587 * (c >> 8 & 255) + 114 * (c & 255)) / 1000;
                out.setRGB(x, y, luma << 16 | luma << 8 | luma);
            }
        }
        return out;
    }
}
