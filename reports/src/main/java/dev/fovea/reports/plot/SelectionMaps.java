package dev.fovea.reports.plot;

import dev.fovea.reports.plot.Canvas.Anchor;
import dev.fovea.reports.plot.Canvas.Lettering;
import dev.fovea.reports.plot.SelectionSample.MapLayer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/// Heat maps of patch selection over sample scenes. One row per sample: the picture with its ground-truth box, the
/// scores of each layer over the greyed picture, and for each layer with selected patches those patches on the
/// darkened
/// picture, outlined in one colour per scale.
public final class SelectionMaps {
    private static final String SCENES = "Patch selection over sample scenes";
    private static final double CELL = 232;
    private static final double GAP = 16;
    private static final double HEADING = 74;
    private static final double ROW_HEAD = 24;
    private static final double ROW_FOOT = 22;

    private SelectionMaps() {}

    /// Writes `results/selection-maps.png` and `results/selection-maps.svg` in the run folder.
    ///
    /// @return the files written; none without samples
    /// @throws dev.fovea.dsl.run.StoreException if a file cannot be written
    public static List<Path> write(Path runFolder, List<SelectionSample> samples) {
        if (samples.isEmpty()) {
            return List.of();
        }
        Path folder = runFolder.resolve("results");
        Path png = folder.resolve("selection-maps.png");
        Path svg = folder.resolve("selection-maps.svg");
        Pictures.write(png, png(samples, Letters.best()));
        Pictures.write(svg, svg(samples).getBytes(StandardCharsets.UTF_8));
        return List.of(png, svg);
    }

    /// Draws one picture with what is selected in it.
    ///
    /// @return a PNG file
    public static byte[] png(SelectionSample sample) {
        return png("Patch selection", List.of(sample), Letters.best());
    }

    static byte[] png(List<SelectionSample> samples, Letters letters) {
        return png(SCENES, samples, letters);
    }

    private static byte[] png(String title, List<SelectionSample> samples, Letters letters) {
        List<SelectionPanels> rows = samples.stream().map(SelectionPanels::new).toList();
        try (ImageCanvas canvas = new ImageCanvas(width(rows), height(rows), 2, letters)) {
            draw(canvas, title, rows);
            return SvgCanvas.png(canvas.picture());
        }
    }

    static String svg(List<SelectionSample> samples) {
        List<SelectionPanels> rows = samples.stream().map(SelectionPanels::new).toList();
        SvgCanvas canvas = new SvgCanvas(width(rows), height(rows));
        canvas.fill(new Area(0, 0, width(rows), height(rows)), Ink.PAPER, 1);
        draw(canvas, SCENES, rows);
        String description = rows.stream().map(SelectionPanels::description).collect(Collectors.joining(" "));
        return canvas.document(SCENES, description);
    }

    private static void draw(Canvas canvas, String title, List<SelectionPanels> rows) {
        canvas.text(title, GAP, 30, Anchor.START, Lettering.bold(16, Ink.TEXT));
        colourBar(canvas, GAP, 44, 190);
        scaleLegend(canvas, rows, GAP + 330, 44);
        double y = HEADING;
        for (SelectionPanels row : rows) {
            drawRow(canvas, row, y, width(rows) - 2 * GAP);
            y += rowHeight(row);
        }
    }

    private static void drawRow(Canvas canvas, SelectionPanels row, double y, double room) {
        String caption =
                row.sample().caption().replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
        String head = caption.isEmpty() ? row.sample().key() : "“" + caption + "”";
        String key = canvas.fit(row.sample().key(), 10.5, false, room * 0.4);
        double keyWidth = caption.isEmpty() ? 0 : canvas.textWidth(key, 10.5, false);
        canvas.text(
                canvas.fit(head, 13, true, room - keyWidth - 16),
                GAP,
                y + 15,
                Anchor.START,
                Lettering.bold(13, Ink.TEXT));
        if (keyWidth > 0) {
            canvas.text(key, GAP + room, y + 15, Anchor.END, Lettering.of(10.5, Ink.MUTED));
        }
        Area cell = row.fitted(new Area(GAP, y + ROW_HEAD, CELL, CELL));
        row.truth(canvas, cell);
        note(canvas, cell, row.sample().box() == null ? "picture" : "scene and box");
        for (MapLayer layer : row.sample().layers()) {
            cell = next(cell);
            row.scores(canvas, cell, layer);
            note(canvas, cell, layer.name() + row.insideAndOutside(layer));
        }
        for (MapLayer layer : row.sample().layers()) {
            if (!layer.selectedPatches().isEmpty()) {
                cell = next(cell);
                row.selected(canvas, cell, layer);
                note(canvas, cell, layer.name() + ": " + layer.selectedPatches().size() + " patches selected");
            }
        }
    }

    private static Area next(Area cell) {
        return new Area(cell.x() + CELL + GAP, cell.y(), cell.width(), cell.height());
    }

    private static void note(Canvas canvas, Area cell, String text) {
        canvas.text(
                canvas.fit(text, 11, false, CELL),
                cell.x(),
                cell.bottom() + 15,
                Anchor.START,
                Lettering.of(11, Ink.MUTED));
    }

    private static void colourBar(Canvas canvas, double x, double y, double width) {
        double[] ramp = new double[64];
        for (int i = 0; i < ramp.length; i++) {
            ramp[i] = i / 63.0;
        }
        Lettering label = Lettering.of(11, Ink.MUTED);
        String name = "score";
        double start = x + canvas.textWidth(name, 11, false) + 8;
        canvas.text(name, x, y + 10, Anchor.START, label);
        Area bar = new Area(start + 14, y, width, 12);
        canvas.text("0", start, y + 10, Anchor.START, label);
        canvas.image(ColourMap.picture(ramp, 1, ramp.length), bar, 1, true);
        canvas.text("1", bar.right() + 6, y + 10, Anchor.START, label);
    }

    private static void scaleLegend(Canvas canvas, List<SelectionPanels> rows, double x, double y) {
        List<SelectionPanels.Grid> grids = rows.stream()
                .flatMap(r -> r.grids().stream())
                .distinct()
                .sorted()
                .toList();
        double pen = x;
        for (int i = 0; i < grids.size(); i++) {
            canvas.fill(new Area(pen, y, 12, 12), Ink.SHADE, 0.75);
            canvas.outline(new Area(pen + 2, y + 2, 8, 8), Ink.scale(i), 2);
            String name = grids.get(i).rows() + " × " + grids.get(i).columns();
            canvas.text(name, pen + 18, y + 10, Anchor.START, Lettering.of(11, Ink.MUTED));
            pen += 18 + canvas.textWidth(name, 11, false) + 16;
        }
    }

    private static double width(List<SelectionPanels> rows) {
        int panels = rows.stream().mapToInt(SelectionPanels::count).max().orElse(1);
        return GAP + Math.max(3, panels) * (CELL + GAP);
    }

    private static double height(List<SelectionPanels> rows) {
        return HEADING + rows.stream().mapToDouble(SelectionMaps::rowHeight).sum();
    }

    private static double rowHeight(SelectionPanels row) {
        return ROW_HEAD + row.fitted(new Area(0, 0, CELL, CELL)).height() + ROW_FOOT + GAP;
    }
}
