package dev.fovea.dsl.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationTest {
    @ParameterizedTest
    @CsvSource({
        "1500, STEPS, 1500st, 1500st",
        "75e6, SAMPLES, 75Msa, 75000000sa",
        "2e9, SAMPLES, 2Bsa, 2000000000sa",
        "75000001, SAMPLES, 75000001sa, 75000001sa",
        "2.5, EPOCHS, 2.5ep, 2.5ep",
        "1e-7, EPOCHS, 0.0000001ep, 0.0000001ep",
        "1800, SECONDS, 30min, 1800s",
        "7200, SECONDS, 2h, 7200s",
        "90, SECONDS, 90s, 90s",
        "0, STEPS, 0st, 0st",
        "-0.0, STEPS, 0st, 0st",
    })
    void hasOneCanonicalAndOneReadableForm(double amount, Duration.Unit unit, String text, String canonical) {
        Duration duration = new Duration(amount, unit);
        assertThat(duration.text()).isEqualTo(text);
        assertThat(duration.canonical()).isEqualTo(canonical);
    }

    @Test
    void refusesWhatIsNoLength() {
        for (double amount : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> new Duration(amount, Duration.Unit.STEPS))
                    .hasMessage("duration of " + amount + " STEPS");
        }
    }
}
