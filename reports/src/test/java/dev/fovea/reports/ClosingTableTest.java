package dev.fovea.reports;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.reports.ClosingTable.Row;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClosingTableTest {
    private final ClosingTable table = new ClosingTable(
            "f2-quick",
            List.of(
                    new Row("R@1, seen", 0.4375, 0.03125),
                    new Row("recall|top-down", Double.NaN, 0.2),
                    Row.plain("steps", 1500),
                    Row.plain("größte Änderung 🔔", 0.00001234)));

    @Test
    void boxTableIsAligned() {
        assertThat(table.text(true)).isEqualTo("""
                f2-quick
                ┌───────────────────┬──────────┬────────┬───────┐
                │ metric            │    value │ chance │ ratio │
                ├───────────────────┼──────────┼────────┼───────┤
                │ R@1, seen         │   0.4375 │ 0.0313 │ 14.0x │
                │ recall|top-down   │      n/a │ 0.2000 │       │
                │ steps             │     1500 │        │       │
                │ größte Änderung 🔔 │ 1.23e-05 │        │       │
                └───────────────────┴──────────┴────────┴───────┘
                """);
    }

    @Test
    void plainTableIsAsciiWhereCellsAre() {
        ClosingTable plain = new ClosingTable("", List.of(new Row("R@1", 0.5, 0.25)));
        assertThat(plain.text(false)).isEqualTo("""
                +--------+--------+--------+-------+
                | metric |  value | chance | ratio |
                +--------+--------+--------+-------+
                | R@1    | 0.5000 | 0.2500 |  2.0x |
                +--------+--------+--------+-------+
                """);
    }

    @Test
    void markdownEscapesBars() {
        assertThat(table.markdown())
                .startsWith("**f2-quick**\n\n| metric | value | chance | ratio |\n| --- | ---: | ---: | ---: |\n")
                .contains("| recall\\|top-down | n/a | 0.2000 |  |");
    }

    @Test
    void chanceOfZeroGivesNoRatio() {
        assertThat(new Row("x", 1, 0).ratio()).isNaN();
    }
}
