package dev.fovea.reports.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AxisTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0     | 1     | 0.0 0.2 0.4 0.6 0.8 1.0",
                "0.13  | 4.7   | 0 1 2 3 4 5",
                "-3    | 8     | −5 0 5 10",
                "0     | 15100 | 0 5k 10k 15k 20k",
                "0     | 5e-6  | 0 1e-6 2e-6 3e-6 4e-6 5e-6",
                "0 | 6e-6 | 0 2e-6 4e-6 6e-6",
                "0     | 1e-3  | 0 0.0002 0.0004 0.0006 0.0008 0.0010",
                "2e6   | 9e6   | 2M 4M 6M 8M 10M",
            })
    void ticksAreNice(double low, double high, String labels) {
        Axis axis = Axis.linear(low, high, 5);
        String expected = labels.replaceFirst("^0\\.0 ", "0 ");
        assertThat(String.join(" ", axis.labels())).isEqualTo(expected);
    }

    @Test
    void everyLinearAxisCoversItsDataWithFewDistinctLabels() {
        long seed = 4711;
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 2000; i++) {
            double low = (random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(-9, 12));
            double high = low + random.nextDouble() * Math.pow(10, random.nextInt(-9, 12));
            Axis axis = Axis.linear(low, high, 5);
            String what = "seed " + seed + ", case " + i + ": " + low + " to " + high + " gives " + axis;
            double slack = (axis.high() - axis.low()) * 1e-6;
            assertThat(axis.low()).as(what).isLessThanOrEqualTo(low + slack);
            assertThat(axis.high()).as(what).isGreaterThanOrEqualTo(high - slack);
            assertThat(axis.ticks()).as(what).hasSizeBetween(2, 9);
        }
    }

    @Test
    void tightAxisKeepsTheDataRangeAndTicksInside() {
        Axis axis = Axis.tight(1, 1490, 5);
        assertThat(axis.low()).isEqualTo(1);
        assertThat(axis.high()).isEqualTo(1490);
        assertThat(axis.labels()).containsExactly("500", "1000");
    }

    @Test
    void degenerateRangesStillGiveAnAxis() {
        assertThat(Axis.linear(3, 3, 5).ticks()).hasSizeGreaterThan(1);
        assertThat(Axis.linear(0, 0, 5).ticks()).hasSizeGreaterThan(1);
        assertThat(Axis.linear(Double.NaN, 1, 5).high()).isEqualTo(1);
        assertThat(Axis.linear(0, Double.POSITIVE_INFINITY, 5).high()).isEqualTo(1);
        assertThat(Axis.tight(5, 5, 5).share(5)).isBetween(0.0, 1.0);
    }

    @Test
    void decadesAreEvenlySpaced() {
        Axis axis = Axis.logarithmic(0.02, 300);
        assertThat(axis.labels()).containsExactly("0.01", "0.1", "1", "10", "100", "1000");
        assertThat(axis.share(0.1)).isCloseTo(0.2, within(1e-12));
    }

    @Test
    void anAxisMayHaveItsTicksAtTheData() {
        Axis axis = Axis.at(List.of(378.0, 756.0, 3780.0));
        assertThat(axis.labels()).containsExactly("378", "756", "3780");
        assertThat(axis.share(378)).isBetween(0.01, 0.2);
        assertThat(axis.share(3780)).isBetween(0.8, 0.99);
        assertThat(axis.share(756) - axis.share(378)).isLessThan(axis.share(3780) - axis.share(756));
        assertThat(Axis.at(List.of(0.5, 1.0)).labels()).containsExactly("0.5", "1");
    }
}
