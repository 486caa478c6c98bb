package dev.fovea.bin.bench;

import dev.fovea.bin.bench.StepRows.Row;
import dev.fovea.reports.plot.ChartSheet;
import dev.fovea.reports.plot.LineChart;
import dev.fovea.reports.plot.Series;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// Step time and memory over the largest scale, a line for each way of choosing patches.
final class StepPlot {
    private static final String ALL = "all patches";

    private StepPlot() {}

    /// Writes `plot.svg` and `plot.png`.
    ///
    /// @return the files; none if the rows do not differ in their largest scale
    static List<Path> write(StepRows rows, String title, Path folder) {
        List<Double> sides = rows.rows().stream()
                .filter(row -> !Double.isNaN(row.seconds()))
                .map(StepPlot::side)
                .distinct()
                .sorted()
                .toList();
        if (sides.size() < 2) {
            return List.of();
        }
        boolean all = rows.rows().stream().allMatch(Row::measured);
        LineChart time =
                chart("Training step" + (all ? "" : " (hollow: predicted)"), "seconds", rows, Row::seconds, sides);
        LineChart memory = chart("Memory" + (all ? "" : " (hollow: planned)"), "GiB", rows, Row::gibibytes, sides);
        return new ChartSheet(title, 2, List.of(time, memory)).write(folder, "plot");
    }

    private static LineChart chart(
            String title, String unit, StepRows rows, ToDoubleFunction<Row> value, List<Double> sides) {
        return LineChart.of(title, series(rows, value))
                .withAxes("largest scale, pixels", unit)
                .inDecades()
                .withMarksAt(sides);
    }

    private static List<Series> series(StepRows rows, ToDoubleFunction<Row> value) {
        Map<String, List<Row>> lines = new LinkedHashMap<>();
        List<Row> shared = new ArrayList<>();
        for (Row row : rows.rows()) {
            if (Double.isNaN(row.seconds())) {
                continue;
            }
            if (row.plan().highPatches() == 0) {
                shared.add(row);
            } else {
                String name = row.plan().encodesAll() ? ALL : row.plan().highTokens() + " selected patches";
                lines.computeIfAbsent(name, _ -> new ArrayList<>()).add(row);
            }
        }
        List<Series> all = new ArrayList<>();
        (lines.isEmpty() ? Map.of("low resolution", List.<Row>of()) : lines).forEach((name, own) -> {
            List<Row> points = new ArrayList<>(shared);
            points.addAll(own);
            points.sort(Comparator.comparingDouble(StepPlot::side));
            double[] x = points.stream().mapToDouble(StepPlot::side).toArray();
            double[] y = points.stream().mapToDouble(value).toArray();
            int measured = (int) points.stream().takeWhile(Row::measured).count();
            all.add(new Series(name, x, y, measured));
        });
        return all;
    }

    private static double side(Row row) {
        return row.plan().scales().getLast();
    }
}
