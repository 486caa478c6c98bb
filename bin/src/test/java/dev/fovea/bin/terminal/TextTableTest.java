package dev.fovea.bin.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/// Tables align, set numbers to the right, and leave out what is empty.
class TextTableTest {
    @Test
    void alignsColumns() {
        TextTable table = new TextTable("key", "state", "step", "none");
        table.add("f2-é", "running", "7", "");
        table.add("f2-long", "ok", "1200", "");
        assertThat(table.text(Style.PLAIN)).isEqualTo("""
                key      state    step
                f2-é     running     7
                f2-long  ok       1200
                """);
    }

    @Test
    void onlyTheHeadingIsFaint() {
        TextTable table = new TextTable("a");
        table.add("x");
        assertThat(table.text(Style.COLOUR)).isEqualTo("\u001b[2ma\u001b[0m\nx\n");
    }

    @Test
    void aRowOfAnotherLengthIsRefused() {
        assertThatThrownBy(() -> new TextTable("a", "b").add("x")).hasMessage("1 cells for 2 columns");
    }
}
