package dev.fovea.runtime.store;

import dev.fovea.dsl.run.MetricHistory;
import dev.fovea.dsl.run.StoreException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/// A small table of results, stored as an Arrow IPC file (also called Feather V2) that pandas, polars and R read.
///
/// @param columns columns of equal length, with different names
public record ArrowTable(List<Column> columns) {
    /// A column without missing values.
    public sealed interface Column {
        /// Name of the column.
        String name();

        /// Number of rows.
        int rows();
    }

    /// Whole numbers, Arrow `int64`.
    public record Longs(String name, long[] values) implements Column {
        @Override
        public int rows() {
            return values.length;
        }
    }

    /// Numbers, Arrow `double`; NaN and infinities are values like others.
    public record Doubles(String name, double[] values) implements Column {
        @Override
        public int rows() {
            return values.length;
        }
    }

    /// Texts, Arrow `utf8`.
    public record Texts(String name, List<String> values) implements Column {
        /// Copies the texts.
        public Texts {
            values = List.copyOf(values);
        }

        @Override
        public int rows() {
            return values.size();
        }
    }

    /// Copies the list and checks lengths and names.
    public ArrowTable {
        columns = List.copyOf(columns);
        String lengths = columns.stream()
                .map(column -> column.name() + " " + column.rows())
                .collect(Collectors.joining(", "));
        if (columns.stream().mapToInt(Column::rows).distinct().count() > 1) {
            throw new IllegalArgumentException("columns of different length: " + lengths);
        }
        if (columns.stream().map(Column::name).distinct().count() < columns.size()) {
            throw new IllegalArgumentException("two columns of one name: " + lengths);
        }
    }

    /// A table of these columns.
    public static ArrowTable of(Column... columns) {
        return new ArrowTable(List.of(columns));
    }

    /// The table `results/metrics.arrow`: `step` (int64), `time` (int64, milliseconds since 1970 UTC), `name`
    /// (utf8),
    /// `value` (double), one row a point, in the order of time.
    public static ArrowTable metrics(MetricHistory history) {
        List<MetricHistory.Point> points = history.points();
        return of(
                new Longs(
                        "step",
                        points.stream().mapToLong(MetricHistory.Point::step).toArray()),
                new Longs(
                        "time",
                        points.stream()
                                .mapToLong(MetricHistory.Point::timeMillis)
                                .toArray()),
                new Texts("name", points.stream().map(MetricHistory.Point::name).toList()),
                new Doubles(
                        "value",
                        points.stream().mapToDouble(MetricHistory.Point::value).toArray()));
    }

    /// One query of a retrieval evaluation.
    ///
    /// @param split which part of the data, such as `seen`
    /// @param key the example's key
    /// @param caption the right caption
    /// @param rank place of the right caption among the gallery, 1 for the first
    /// @param gallery captions ranked
    public record RetrievalItem(String split, String key, String caption, long rank, long gallery) {}

    /// The table `results/retrieval.arrow`: a column for every part of a [RetrievalItem], a row for every query.
    public static ArrowTable retrieval(List<RetrievalItem> items) {
        return of(
                new Texts("split", items.stream().map(RetrievalItem::split).toList()),
                new Texts("key", items.stream().map(RetrievalItem::key).toList()),
                new Texts("caption", items.stream().map(RetrievalItem::caption).toList()),
                new Longs("rank", items.stream().mapToLong(RetrievalItem::rank).toArray()),
                new Longs(
                        "gallery",
                        items.stream().mapToLong(RetrievalItem::gallery).toArray()));
    }

    /// Number of rows.
    public int rows() {
        return columns.isEmpty() ? 0 : columns.getFirst().rows();
    }

    /// A column of whole numbers.
    ///
    /// @throws StoreException if there is no such column
    public long[] longs(String name) {
        if (column(name) instanceof Longs column) {
            return column.values();
        }
        throw wrong(name, "whole numbers");
    }

    /// A column of numbers.
    ///
    /// @throws StoreException if there is no such column
    public double[] doubles(String name) {
        if (column(name) instanceof Doubles column) {
            return column.values();
        }
        throw wrong(name, "numbers");
    }

    /// A column of texts.
    ///
    /// @throws StoreException if there is no such column
    public List<String> texts(String name) {
        if (column(name) instanceof Texts column) {
            return column.values();
        }
        throw wrong(name, "texts");
    }

    /// Writes the table beside its place, fsyncs it and renames it.
    ///
    /// @throws StoreException if it cannot be written; an old file is then untouched
    public void write(Path file) {
        ArrowFiles.write(file, this);
    }

    /// Reads a table of these types of columns.
    ///
    /// @throws StoreException if the file is missing or damaged, or has other types or missing values
    public static ArrowTable read(Path file) {
        return ArrowFiles.read(file);
    }

    private Column column(String name) {
        return columns.stream()
                .filter(column -> column.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new StoreException("no column '" + name + "' in the table; it has "
                        + columns.stream().map(Column::name).toList()));
    }

    private static StoreException wrong(String name, String kind) {
        return new StoreException("column '" + name + "' does not hold " + kind);
    }
}
