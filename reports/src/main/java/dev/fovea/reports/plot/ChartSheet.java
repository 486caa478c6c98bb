package dev.fovea.reports.plot;

import dev.fovea.reports.plot.Canvas.Anchor;
import dev.fovea.reports.plot.Canvas.Lettering;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/// Several charts in a grid, as one SVG and one PNG.
///
/// @param title heading of the sheet; shown when there is more than one chart
/// @param columns charts side by side
/// @param charts the charts, row by row
public record ChartSheet(String title, int columns, List<LineChart> charts) {
    private static final double CHART_WIDTH = 460;
    private static final double CHART_HEIGHT = 300;
    private static final double MARGIN = 18;

    public ChartSheet {
        charts = List.copyOf(charts);
        if (columns < 1 || charts.isEmpty()) {
            throw new IllegalArgumentException(
                    "sheet " + title + ": " + columns + " columns and " + charts.size() + " charts");
        }
    }

    /// Writes `<name>.svg` and `<name>.png` into `folder`.
    ///
    /// @return the two files
    /// @throws dev.fovea.dsl.run.StoreException if a file cannot be written
    public List<Path> write(Path folder, String name) {
        Path svg = folder.resolve(name + ".svg");
        Path png = folder.resolve(name + ".png");
        Pictures.write(svg, svg().getBytes(StandardCharsets.UTF_8));
        Pictures.write(png, png(Letters.best()));
        return List.of(svg, png);
    }

    String svg() {
        SvgCanvas canvas = new SvgCanvas(width(), height());
        canvas.fill(new Area(0, 0, width(), height()), Ink.PAPER, 1);
        draw(canvas);
        return canvas.document(
                title, charts.stream().map(LineChart::description).collect(Collectors.joining(" ")));
    }

    byte[] png(Letters letters) {
        try (ImageCanvas canvas = new ImageCanvas(width(), height(), 2, letters)) {
            draw(canvas);
            return SvgCanvas.png(canvas.picture());
        }
    }

    private void draw(Canvas canvas) {
        if (charts.size() > 1) {
            String shown = canvas.fit(title, 16, true, width() - 2 * MARGIN);
            canvas.text(shown, MARGIN, MARGIN + 14, Anchor.START, Lettering.bold(16, Ink.TEXT));
        }
        for (int i = 0; i < charts.size(); i++) {
            double x = MARGIN + i % shownColumns() * (CHART_WIDTH + MARGIN);
            double y = MARGIN + heading() + (i / shownColumns()) * (CHART_HEIGHT + MARGIN);
            charts.get(i).draw(canvas, new Area(x, y, CHART_WIDTH, CHART_HEIGHT));
        }
    }

    private int shownColumns() {
        return Math.min(columns, charts.size());
    }

    private double heading() {
        return charts.size() > 1 ? 32 : 0;
    }

    private double width() {
        return MARGIN + shownColumns() * (CHART_WIDTH + MARGIN);
    }

    private double height() {
        int rows = (charts.size() + shownColumns() - 1) / shownColumns();
        return MARGIN + heading() + rows * (CHART_HEIGHT + MARGIN);
    }
}
