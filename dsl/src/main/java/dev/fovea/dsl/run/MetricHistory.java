package dev.fovea.dsl.run;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// The course of a run's metrics. Where a continued attempt went over the same steps again, its values count.
///
/// @param points all points in the order of time
public record MetricHistory(List<Point> points) {
    /// One value.
    ///
    /// @param step optimizer steps done
    /// @param timeMillis milliseconds since 1970 UTC
    /// @param name metric name
    /// @param value the value; may be NaN or infinite
    public record Point(long step, long timeMillis, String name, double value) {}

    /// Copies the points.
    public MetricHistory {
        points = List.copyOf(points);
    }

    /// Collects the points of a journal.
    public static MetricHistory of(List<JournalEntry> entries) {
        List<Point> points = new ArrayList<>();
        boolean first = false;
        for (JournalEntry entry : entries) {
            if (entry instanceof JournalEntry.Started) {
                first = true;
            } else if (entry instanceof JournalEntry.Scalars scalars) {
                if (first) {
                    points.removeIf(point -> point.step() >= scalars.step());
                    first = false;
                }
                scalars.values()
                        .forEach((name, value) ->
                                points.add(new Point(scalars.step(), scalars.timeMillis(), name, value)));
            }
        }
        return new MetricHistory(points);
    }

    /// Points of one metric in the order of time; none if it never appeared.
    public List<Point> series(String name) {
        return points.stream().filter(point -> point.name().equals(name)).toList();
    }

    /// Points by metric, metrics in the order in which they first appear.
    public SequencedMap<String, List<Point>> byName() {
        SequencedMap<String, List<Point>> series = new LinkedHashMap<>();
        points.forEach(point ->
                series.computeIfAbsent(point.name(), _ -> new ArrayList<>()).add(point));
        series.replaceAll((_, list) -> List.copyOf(list));
        return Collections.unmodifiableSequencedMap(series);
    }
}
