package dev.fovea.reports.plot;

import dev.fovea.dsl.run.MetricHistory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// The curves of one run on one sheet: loss and its parts, retrieval, selection recall, learning rate, and a
/// chart for
/// each further metric. Which chart a curve belongs to is read from its name.
public final class LearningCurves {
    private static final int SMOOTHED_FROM = 60;

    private LearningCurves() {}

    /// Writes `results/curves.svg` and `results/curves.png` in the run folder.
    ///
    /// @param series curves in the order of the legend; curves without points are left out
    /// @return the files written; none if there is nothing to show
    /// @throws dev.fovea.dsl.run.StoreException if a file cannot be written
    public static List<Path> write(Path runFolder, List<Series> series) {
        List<LineChart> charts = charts(series);
        if (charts.isEmpty()) {
            return List.of();
        }
        String title =
                "Learning curves of " + runFolder.toAbsolutePath().normalize().getFileName();
        return new ChartSheet(title, 2, charts).write(runFolder.resolve("results"), "curves");
    }

    /// Writes the curves of a run's journal, see [#write(Path, List)].
    ///
    /// @throws dev.fovea.dsl.run.StoreException if a file cannot be written
    public static List<Path> write(Path runFolder, MetricHistory history) {
        return write(runFolder, series(history));
    }

    /// One series per metric, in the order in which they first appear. Of several values at one step the last
    /// counts.
    public static List<Series> series(MetricHistory history) {
        List<Series> all = new ArrayList<>();
        history.byName().forEach((name, points) -> {
            TreeMap<Long, Double> bySteps = new TreeMap<>();
            points.forEach(point -> bySteps.put(point.step(), point.value()));
            double[] x =
                    bySteps.keySet().stream().mapToDouble(Long::doubleValue).toArray();
            double[] y =
                    bySteps.values().stream().mapToDouble(Double::doubleValue).toArray();
            all.add(new Series(name, x, y));
        });
        return all;
    }

    static List<LineChart> charts(List<Series> series) {
        Map<String, List<Series>> panels = new LinkedHashMap<>();
        for (String first : List.of("Loss", "Local-caption retrieval", "Selection recall", "Learning rate")) {
            panels.put(first, new ArrayList<>());
        }
        for (Series s : series) {
            if (s.size() > 0) {
                panels.computeIfAbsent(panel(s.name()), k -> new ArrayList<>()).add(s);
            }
        }
        List<LineChart> charts = new ArrayList<>();
        panels.forEach((title, members) -> {
            if (!members.isEmpty()) {
                charts.add(chart(title, members));
            }
        });
        return charts;
    }

    private static LineChart chart(String title, List<Series> members) {
        LineChart chart = LineChart.of(title, withoutCommonFolders(members));
        int longest = members.stream().mapToInt(Series::size).max().orElse(0);
        boolean noisy = !title.equals("Learning rate") && longest >= SMOOTHED_FROM;
        chart = noisy ? chart.smoothed(Math.max(3, longest / 40)) : chart;
        return title.equals("Loss") || members.getFirst().name().equals(title) ? chart : chart.fromZero();
    }

    private static String panel(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.contains("retrieval") || lower.matches(".*\\br(@|_at_|@)\\d+.*")) {
            return "Local-caption retrieval";
        }
        if (lower.contains("recall") || lower.contains("selection")) {
            return "Selection recall";
        }
        if (lower.contains("learning_rate") || lower.contains("learning-rate") || lower.matches("(.*/)?lr(/.*)?")) {
            return "Learning rate";
        }
        return lower.contains("loss") ? "Loss" : name;
    }

    private static List<Series> withoutCommonFolders(List<Series> members) {
        String common = members.getFirst().name();
        for (Series s : members) {
            while (!s.name().startsWith(common)) {
                common = common.substring(0, common.length() - 1);
            }
        }
        int cut = common.lastIndexOf('/') + 1;
        return members.stream().map(s -> s.named(s.name().substring(cut))).toList();
    }
}
