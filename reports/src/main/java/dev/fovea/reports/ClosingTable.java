package dev.fovea.reports;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The table a run ends with: each result beside what chance would give.
///
/// @param title heading above the table
/// @param rows results in the order shown
public record ClosingTable(String title, List<Row> rows) {
    private static final List<String> HEADS = List.of("metric", "value", "chance", "ratio");

    public ClosingTable {
        rows = List.copyOf(rows);
    }

    /// One result.
    ///
    /// @param metric what was measured, e.g. `R@1, seen concepts`
    /// @param value the result; NaN is shown as `n/a`
    /// @param chance the same metric for a model that knows nothing; NaN where chance has no meaning
    public record Row(String metric, double value, double chance) {
        /// A result that chance has no part in.
        public static Row plain(String metric, double value) {
            return new Row(metric, value, Double.NaN);
        }

        /// How many times chance the value is; NaN where chance is zero or unknown.
        public double ratio() {
            return chance > 0 ? value / chance : Double.NaN;
        }
    }

    /// Aligned text for a terminal, lines separated by `\n`, none longer than its cells need.
    ///
    /// @param unicode draw with box characters; else with `-`, `|` and `+`
    public String text(boolean unicode) {
        List<List<String>> cells = cells();
        int[] widths = widths(cells);
        String across = unicode ? "─" : "-";
        String down = unicode ? "│" : "|";
        StringBuilder out = new StringBuilder();
        if (!title.isEmpty()) {
            out.append(title).append('\n');
        }
        out.append(rule(widths, across, unicode ? "┌┬┐" : "+++"));
        out.append(line(HEADS, widths, down));
        out.append(rule(widths, across, unicode ? "├┼┤" : "+++"));
        cells.forEach(row -> out.append(line(row, widths, down)));
        return out.append(rule(widths, across, unicode ? "└┴┘" : "+++")).toString();
    }

    /// A Markdown table with the same cells, numbers to the right.
    public String markdown() {
        StringBuilder out = new StringBuilder();
        if (!title.isEmpty()) {
            out.append("**").append(title).append("**\n\n");
        }
        out.append("| ").append(String.join(" | ", HEADS)).append(" |\n| --- | ---: | ---: | ---: |\n");
        for (List<String> row : cells()) {
            out.append("| ");
            out.append(String.join(
                    " | ", row.stream().map(c -> c.replace("|", "\\|")).toList()));
            out.append(" |\n");
        }
        return out.toString();
    }

    private List<List<String>> cells() {
        List<List<String>> cells = new ArrayList<>();
        for (Row row : rows) {
            String metric = row.metric().replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
            String chance = Double.isNaN(row.chance()) ? "" : number(row.chance());
            String ratio = Double.isNaN(row.ratio()) ? "" : String.format(Locale.ROOT, "%.1fx", row.ratio());
            cells.add(List.of(metric, number(row.value()), chance, ratio));
        }
        return cells;
    }

    private static String number(double value) {
        if (Double.isNaN(value)) {
            return "n/a";
        }
        double size = Math.abs(value);
        if (Double.isInfinite(value) || value == Math.rint(value) && size < 1e9) {
            return String.format(Locale.ROOT, "%.0f", value);
        }
        if (size >= 1e6 || size < 1e-3) {
            return String.format(Locale.ROOT, "%.2e", value);
        }
        return String.format(Locale.ROOT, size >= 1000 ? "%.1f" : size >= 10 ? "%.2f" : "%.4f", value);
    }

    private static int[] widths(List<List<String>> cells) {
        int[] widths = HEADS.stream().mapToInt(String::length).toArray();
        for (List<String> row : cells) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], width(row.get(i)));
            }
        }
        return widths;
    }

    private static String rule(int[] widths, String across, String joints) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            out.append(joints.charAt(i == 0 ? 0 : 1)).append(across.repeat(widths[i] + 2));
        }
        return out.append(joints.charAt(2)).append('\n').toString();
    }

    private static String line(List<String> cells, int[] widths, String down) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String padding = " ".repeat(widths[i] - width(cells.get(i)));
            out.append(down).append(' ');
            out.append(i == 0 ? cells.get(i) + padding : padding + cells.get(i)).append(' ');
        }
        return out.append(down).append('\n').toString();
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }
}
