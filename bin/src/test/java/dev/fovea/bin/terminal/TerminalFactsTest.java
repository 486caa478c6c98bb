package dev.fovea.bin.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The terminal's width is believed only where it makes sense.
class TerminalFactsTest {
    @ParameterizedTest
    @CsvSource({"'', 80", "x, 80", "0, 80", "19, 80", "20, 20", " 132 , 132"})
    void columns(String text, int columns) {
        assertThat(TerminalFacts.columns(text)).isEqualTo(columns);
    }

    @Test
    void theWidthKnownAtTheStartStandsWhereNoTerminalAnswers() {
        // Under the test runner standard error is no terminal; on one, any width will do.
        assertThat(TerminalWidth.of(77).getAsInt()).isPositive();
    }
}
