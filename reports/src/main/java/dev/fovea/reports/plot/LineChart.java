package dev.fovea.reports.plot;

import dev.fovea.reports.plot.Canvas.Anchor;
import dev.fovea.reports.plot.Canvas.Lettering;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;

/// A chart of one or more curves over one common axis. Immutable; the `with` methods return changed copies.
///
/// @param title what is shown
/// @param xTitle what the positions are, e.g. `step`
/// @param yTitle what the values are; empty for none
/// @param series the curves, drawn in order
/// @param window points of the moving mean; 1 shows the values as they are. Above 1 a band shows the spread
/// @param includeZero whether the value axis starts at zero when all values are positive
/// @param logarithmic whether the value axis counts in decades; needs at least one value above zero
/// @param marksAt positions with a tick, for charts of few points: each curve then has marks of its own shape, hollow
///     where a value is predicted; empty for ticks at round numbers
public record LineChart(
        String title,
        String xTitle,
        String yTitle,
        List<Series> series,
        int window,
        boolean includeZero,
        boolean logarithmic,
        List<Double> marksAt) {
    private static final double TITLE_SIZE = 14;
    private static final double LABEL_SIZE = 11;
    private static final double LEGEND_ROW = 17;

    public LineChart {
        series = List.copyOf(series);
        marksAt = List.copyOf(marksAt);
        if (window < 1) {
            throw new IllegalArgumentException("chart " + title + ": window " + window + " must be at least 1");
        }
    }

    /// A plain chart over steps.
    public static LineChart of(String title, List<Series> series) {
        return new LineChart(title, "step", "", series, 1, false, false, List.of());
    }

    /// The same chart with axis titles.
    public LineChart withAxes(String x, String y) {
        return new LineChart(title, x, y, series, window, includeZero, logarithmic, marksAt);
    }

    /// The same chart with curves smoothed over `points` and a band from the smallest to the largest value.
    public LineChart smoothed(int points) {
        return new LineChart(title, xTitle, yTitle, series, points, includeZero, logarithmic, marksAt);
    }

    /// The same chart with a value axis that starts at zero.
    public LineChart fromZero() {
        return new LineChart(title, xTitle, yTitle, series, window, true, logarithmic, marksAt);
    }

    /// The same chart with a value axis in decades; values at or below zero interrupt their curve.
    public LineChart inDecades() {
        return new LineChart(title, xTitle, yTitle, series, window, includeZero, true, marksAt);
    }

    /// The same chart with marks, for a few points that all curves have at these positions.
    public LineChart withMarksAt(List<Double> positions) {
        return new LineChart(title, xTitle, yTitle, series, window, includeZero, logarithmic, positions);
    }

    /// Writes the chart as `<name>.svg` and `<name>.png` into `folder`.
    ///
    /// @return the two files
    /// @throws dev.fovea.dsl.run.StoreException if a file cannot be written
    public List<Path> write(Path folder, String name) {
        return new ChartSheet(title, 1, List.of(this)).write(folder, name);
    }

    /// One sentence for those who cannot see the chart: each curve's first and last value.
    String description() {
        StringBuilder out =
                new StringBuilder(title).append(" over ").append(xTitle).append('.');
        for (Series s : series) {
            double[] finite = Arrays.stream(s.y()).filter(Double::isFinite).toArray();
            if (finite.length > 0) {
                out.append(' ').append(s.name()).append(" from ").append(short4(finite[0]));
                out.append(" to ").append(short4(finite[finite.length - 1])).append('.');
            }
        }
        return out.toString();
    }

    private static String short4(double value) {
        return String.format(java.util.Locale.ROOT, "%.4g", value);
    }

    void draw(Canvas canvas, Area area) {
        List<Smoothing> curves =
                series.stream().map(s -> Smoothing.of(drawable(s), window)).toList();
        Axis yAxis = valueAxis(curves);
        Axis xAxis = marksAt.isEmpty() ? positionAxis(curves) : Axis.at(marksAt);
        canvas.text(
                canvas.fit(title, TITLE_SIZE, true, area.width()),
                area.x(),
                area.y() + 15,
                Anchor.START,
                Lettering.bold(TITLE_SIZE, Ink.TEXT));
        double top = area.y() + (series.size() < 2 ? 30 : 24) + legend(canvas, area.x(), area.y() + 24, area.width());
        double left = yAxis.labels().stream()
                        .mapToDouble(l -> canvas.textWidth(l, LABEL_SIZE, false))
                        .max()
                        .orElse(0)
                + 8
                + (yTitle.isEmpty() ? 0 : 18);
        Area plot = new Area(
                area.x() + left,
                top + 6,
                area.width() - left - 10,
                area.bottom() - top - 6 - (xTitle.isEmpty() ? 22 : 38));
        drawAxes(canvas, plot, xAxis, yAxis, area.x());
        for (int i = 0; i < curves.size(); i++) {
            if (marksAt.isEmpty()) {
                drawCurve(canvas, plot, xAxis, yAxis, curves.get(i), i);
            } else {
                drawMarked(canvas, plot, xAxis, yAxis, i);
            }
        }
    }

    private void drawMarked(Canvas canvas, Area plot, Axis xAxis, Axis yAxis, int index) {
        Series s = drawable(series.get(index));
        int[] all = {0, s.size()};
        double[] x = place(s.x(), all, v -> plot.x() + xAxis.share(v) * plot.width());
        double[] y = place(s.y(), all, v -> plot.bottom() - yAxis.share(v) * plot.height());
        new Marks(canvas, index).curve(x, y, s.measured());
    }

    private Series drawable(Series s) {
        double[] y = DoubleStream.of(s.y())
                .map(v -> Double.isFinite(v) && (!logarithmic || v > 0) ? v : Double.NaN)
                .toArray();
        return new Series(s.name(), s.x(), y, s.measured());
    }

    private Axis valueAxis(List<Smoothing> curves) {
        double low = extremes(curves).min().orElse(0);
        double high = extremes(curves).max().orElse(1);
        if (logarithmic && low > 0) {
            return Axis.logarithmic(low, high);
        }
        return Axis.linear(includeZero ? Math.min(0, low) : low, includeZero ? Math.max(0, high) : high, 5);
    }

    private static DoubleStream extremes(List<Smoothing> curves) {
        return curves.stream()
                .flatMapToDouble(c -> DoubleStream.concat(DoubleStream.of(c.low()), DoubleStream.of(c.high())))
                .filter(Double::isFinite);
    }

    private static Axis positionAxis(List<Smoothing> curves) {
        double[] all =
                curves.stream().flatMapToDouble(c -> DoubleStream.of(c.x())).toArray();
        double low = Arrays.stream(all).min().orElse(0);
        double high = Arrays.stream(all).max().orElse(1);
        return Axis.tight(low, high, 5);
    }

    /// @return height used
    private double legend(Canvas canvas, double x, double y, double width) {
        if (series.size() < 2) {
            return 0;
        }
        double pen = x;
        double row = y;
        for (int i = 0; i < series.size(); i++) {
            String name = canvas.fit(series.get(i).name(), LABEL_SIZE, false, width - 26);
            double needed = 24 + canvas.textWidth(name, LABEL_SIZE, false) + 12;
            if (pen > x && pen + needed - 12 > x + width) {
                pen = x;
                row += LEGEND_ROW;
            }
            canvas.polyline(new double[] {pen, pen + 18}, new double[] {row + 6, row + 6}, Ink.series(i), 2.2, dash(i));
            if (!marksAt.isEmpty()) {
                new Marks(canvas, i).mark(pen + 9, row + 6, false);
            }
            canvas.text(name, pen + 24, row + 10, Anchor.START, Lettering.of(LABEL_SIZE, Ink.MUTED));
            pen += needed;
        }
        return row - y + LEGEND_ROW;
    }

    private void drawAxes(Canvas canvas, Area plot, Axis x, Axis y, double left) {
        Lettering label = Lettering.of(LABEL_SIZE, Ink.MUTED);
        for (int i = 0; i < y.ticks().size(); i++) {
            double at = plot.bottom() - y.share(y.ticks().get(i)) * plot.height();
            canvas.line(plot.x(), at, plot.right(), at, Ink.GRID, 1);
            canvas.text(y.labels().get(i), plot.x() - 6, at + 4, Anchor.END, label);
        }
        canvas.line(plot.x(), plot.bottom(), plot.right(), plot.bottom(), Ink.AXIS, 1);
        for (int i = 0; i < x.ticks().size(); i++) {
            double at = plot.x() + x.share(x.ticks().get(i)) * plot.width();
            canvas.line(at, plot.bottom(), at, plot.bottom() + 4, Ink.AXIS, 1);
            canvas.text(x.labels().get(i), at, plot.bottom() + 17, Anchor.MIDDLE, label);
        }
        if (!xTitle.isEmpty()) {
            canvas.text(xTitle, plot.centreX(), plot.bottom() + 33, Anchor.MIDDLE, label);
        }
        if (!yTitle.isEmpty()) {
            canvas.verticalText(yTitle, left + 10, plot.centreY(), label);
        }
    }

    private void drawCurve(Canvas canvas, Area plot, Axis xAxis, Axis yAxis, Smoothing curve, int index) {
        Ink ink = Ink.series(index);
        for (int[] run : finiteRuns(curve.mean())) {
            double[] x = place(curve.x(), run, v -> plot.x() + xAxis.share(v) * plot.width());
            double[] mean = place(curve.mean(), run, v -> plot.bottom() - yAxis.share(v) * plot.height());
            if (x.length == 1) {
                canvas.disc(x[0], mean[0], 3, ink);
                continue;
            }
            if (window > 1 || series.get(index).size() > Smoothing.MOST_POINTS) {
                double[] low = place(curve.low(), run, v -> plot.bottom() - yAxis.share(v) * plot.height());
                double[] high = place(curve.high(), run, v -> plot.bottom() - yAxis.share(v) * plot.height());
                canvas.polygon(around(x, x), around(high, low), ink, 0.16);
            }
            canvas.polyline(x, mean, ink, 1.8, dash(index));
            if (x.length <= 24) {
                for (int i = 0; i < x.length; i++) {
                    canvas.disc(x[i], mean[i], 2.4, ink);
                }
            }
        }
    }

    /// Curves beyond the eighth repeat colours, so their line pattern changes.
    private static int dash(int index) {
        return index / 8;
    }

    private static List<int[]> finiteRuns(double[] values) {
        List<int[]> runs = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= values.length; i++) {
            if (i == values.length || Double.isNaN(values[i])) {
                if (i > start) {
                    runs.add(new int[] {start, i});
                }
                start = i + 1;
            }
        }
        return runs;
    }

    private static double[] place(double[] values, int[] run, java.util.function.DoubleUnaryOperator toCanvas) {
        return Arrays.stream(values, run[0], run[1]).map(toCanvas).toArray();
    }

    private static double[] around(double[] forward, double[] back) {
        double[] out = Arrays.copyOf(forward, forward.length + back.length);
        for (int i = 0; i < back.length; i++) {
            out[out.length - 1 - i] = back[i];
        }
        return out;
    }
}
