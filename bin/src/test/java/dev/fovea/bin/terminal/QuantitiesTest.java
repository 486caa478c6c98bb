package dev.fovea.bin.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Numbers as people read them, at the places where the unit changes.
class QuantitiesTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1, 1 B",
        "1023, 1023 B",
        "1024, 1.00 KiB",
        "1048575, 1.00 MiB",
        "1288490188, 1.20 GiB",
        "10737418240, 10.0 GiB",
        "107374182400, 100 GiB",
        "9223372036854775807, 8192 PiB",
    })
    void bytes(long bytes, String text) {
        assertThat(Quantities.bytes(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "7, 7",
        "999, 999",
        "1000, 1.00K",
        "1234567, 1.23M",
        "75000000, 75.0M",
        "4.3e14, 430T",
        "0.5, 0.50"
    })
    void counts(double count, String text) {
        assertThat(Quantities.count(count)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "NaN, ?",
        "-1, ?",
        "Infinity, ?",
        "0, 0.0 s",
        "0.349, 0.3 s",
        "9.94, 9.9 s",
        "9.96, 10 s",
        "59.4, 59 s",
        "59.6, 1:00 min",
        "125, 2:05 min",
        "3599.6, 1:00 h",
        "11040, 3:04 h",
        "172800, 2 d 0 h",
        "442800, 5 d 3 h",
    })
    void times(double seconds, String text) {
        assertThat(Quantities.time(seconds)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"NaN, ?/s", "0, 0.00/s", "0.3, 18.0/min", "1, 1.00/s", "41.23, 41.2/s", "1234, 1234/s"})
    void rates(double rate, String text) {
        assertThat(Quantities.perSecond(rate)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "NaN, nan",
        "Infinity, inf",
        "-Infinity, -inf",
        "0, 0",
        "-0.25, -0.2500",
        "0.00099, 9.90e-04",
        "3.21449, 3.214",
        "31.25, 31.25",
        "312.55, 312.6",
        "1234567, 1.23e+06",
    })
    void numbers(double value, String text) {
        assertThat(Quantities.number(value)).isEqualTo(text);
    }
}
