package dev.fovea.reports.plot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SmoothingTest {
    @Test
    void windowOfOneChangesNothing() {
        Smoothing s = Smoothing.of(new Series("a", new double[] {1, 2, 4}, new double[] {5, 3, 9}), 1);
        assertThat(s.x()).containsExactly(1, 2, 4);
        assertThat(s.mean()).containsExactly(5, 3, 9);
        assertThat(s.low()).containsExactly(5, 3, 9);
    }

    @Test
    void windowAveragesAndBoundsNeighbours() {
        Smoothing s = Smoothing.of(new Series("a", new double[] {1, 2, 3, 4}, new double[] {3, 6, Double.NaN, 12}), 3);
        assertThat(s.mean()).containsExactly(4.5, 4.5, 9, 12);
        assertThat(s.low()).containsExactly(3, 3, 6, 12);
        assertThat(s.high()).containsExactly(6, 6, 12, 12);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 359, 360, 361, 719, 721, 100_003})
    void longCurvesAreThinnedButKeepEnds(int n) {
        double[] x = IntStream.range(0, n).asDoubleStream().toArray();
        Smoothing s = Smoothing.of(new Series("a", x, x.clone()), 1);
        assertThat(s.size()).isLessThanOrEqualTo(Smoothing.MOST_POINTS + 1);
        if (n > 0) {
            assertThat(s.x()[0]).isEqualTo(0);
            assertThat(s.x()[s.size() - 1]).isEqualTo(n - 1);
            assertThat(s.low()[0]).isEqualTo(0);
            assertThat(s.high()[s.size() - 1]).isEqualTo(n - 1);
        }
    }

    @Test
    void nonFiniteValuesGiveGaps() {
        Smoothing s =
                Smoothing.of(new Series("a", new double[] {1, 2, 3}, new double[] {1, Double.POSITIVE_INFINITY, 3}), 1);
        assertThat(s.mean()[1]).isNaN();
    }
}
