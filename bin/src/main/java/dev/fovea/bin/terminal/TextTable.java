package dev.fovea.bin.terminal;

import java.util.ArrayList;
import java.util.List;

/// Columns of text under a heading. Cells that look like numbers are set to the right.
public final class TextTable {
    private final List<String> heads;
    private final List<List<String>> rows = new ArrayList<>();

    /// @param heads names of the columns
    public TextTable(String... heads) {
        this.heads = List.of(heads);
    }

    /// Adds a row; there are as many cells as columns.
    public void add(String... cells) {
        if (cells.length != heads.size()) {
            throw new IllegalArgumentException(cells.length + " cells for " + heads.size() + " columns");
        }
        rows.add(List.of(cells));
    }

    /// The table, one line a row, each ending with `\n`; columns without any content are left out.
    public String text(Style style) {
        StringBuilder text = new StringBuilder();
        text.append(style.faint(line(heads))).append('\n');
        rows.forEach(row -> text.append(line(row)).append('\n'));
        return text.toString();
    }

    private String line(List<String> cells) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < cells.size(); column++) {
            if (empty(column)) {
                continue;
            }
            String cell = cells.get(column);
            String padding = " ".repeat(width(column) - length(cell));
            line.append(line.isEmpty() ? "" : "  ").append(numeric(column) ? padding + cell : cell + padding);
        }
        return line.toString().stripTrailing();
    }

    private boolean empty(int column) {
        return rows.stream().allMatch(row -> row.get(column).isEmpty());
    }

    private boolean numeric(int column) {
        return rows.stream().map(row -> row.get(column)).allMatch(cell -> cell.matches("|[-+]?[0-9].*|\\?|nan|-?inf"));
    }

    private int width(int column) {
        int width = length(heads.get(column));
        for (List<String> row : rows) {
            width = Math.max(width, length(row.get(column)));
        }
        return width;
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
