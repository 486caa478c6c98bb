package dev.fovea.runtime.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Budgets, grids and top-k (ps3-spec 1.5-1.7).
class SelectTest {
    @Test
    void budgetsAreThoseOfTheReleasedModels() {
        assertThat(Budgets.proportional(2560, List.of(756, 1512))).containsExactly(512, 2048);
        assertThat(Budgets.proportional(2560, List.of(756, 1512, 3780))).containsExactly(85, 341, 2134);
        assertThat(Budgets.proportional(7, List.of(756))).containsExactly(7);
    }

    @Test
    void anotherTotalIsSharedAlike() {
        assertThat(Budgets.scaled(List.of(512, 2048), 729)).containsExactly(145, 584);
        assertThat(Budgets.scaled(List.of(1, 0, 2), 7)).containsExactly(2, 0, 5);
        assertThat(Budgets.scaled(List.of(3), 9)).containsExactly(9);
    }

    @Test
    void gridsOfSquareAndOblongPictures() {
        assertThat(ScaleGrid.of(List.of(378, 756, 1512, 3780), 14, 3780, 3780))
                .extracting(ScaleGrid::rows)
                .containsExactly(54, 108, 270);
        assertThat(ScaleGrid.of(List.of(56, 112, 224), 14, 75, 48))
                .containsExactly(new ScaleGrid(112, 56, 8, 4), new ScaleGrid(224, 112, 16, 8));
        assertThat(ScaleGrid.of(List.of(56, 112, 224), 14, 60, 75))
                .containsExactly(new ScaleGrid(84, 112, 6, 8), new ScaleGrid(168, 224, 12, 16));
    }

    @Test
    void topIsAscendingDistinctExactAndBreaksTiesLow() {
        assertThat(Scores.top(new double[] {1, 3, 3, 2, 3}, 2)).containsExactly(1, 2);
        assertThat(Scores.top(new double[] {1, 1, 1}, 0)).isEmpty();
        for (long seed = 0; seed < 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            double[] scores = random.doubles(random.nextInt(1, 60))
                    .map(x -> Math.floor(x * 5))
                    .toArray();
            int count = random.nextInt(scores.length + 1);
            int[] chosen = Scores.top(scores, count);
            assertThat(chosen).as("seed %s", seed).hasSize(count).isSorted().doesNotHaveDuplicates();
            double lowest =
                    Arrays.stream(chosen).mapToDouble(i -> scores[i]).min().orElse(9);
            for (int i = 0; i < scores.length; i++) {
                int at = i;
                if (Arrays.stream(chosen).noneMatch(c -> c == at)) {
                    assertThat(scores[i]).as("seed %s", seed).isLessThanOrEqualTo(lowest);
                    boolean laterTie = Arrays.stream(chosen).anyMatch(c -> c > at && scores[c] == scores[at]);
                    assertThat(laterTie).as("seed %s", seed).isFalse();
                }
            }
        }
    }

    @Test
    void smoothingAveragesBlocks() {
        ScaleGrid grid = new ScaleGrid(12, 12, 12, 12);
        double[] map = new double[144];
        map[0] = 4;
        double[] smooth = Scores.smooth(map, grid);
        assertThat(new double[] {smooth[0], smooth[1], smooth[12], smooth[13], smooth[2]})
                .containsExactly(1, 1, 1, 1, 0);
    }

    @Test
    void blurringKeepsConstantsAndIsSymmetric() {
        ScaleGrid grid = new ScaleGrid(9, 13, 9, 13);
        double[] constant = new double[grid.cells()];
        Arrays.fill(constant, 0.7);
        assertThat(Arrays.stream(Scores.blur(constant, grid))).allMatch(x -> Math.abs(x - 0.7) < 1e-15);
        double[] point = new double[grid.cells()];
        point[4 * 13 + 6] = 1;
        double[] blurred = Scores.blur(point, grid);
        for (int i = 0; i < point.length; i++) {
            assertThat(blurred[i]).isCloseTo(blurred[point.length - 1 - i], within(1e-15));
        }
        assertThat(blurred[4 * 13 + 6]).isBetween(0.05, 0.5);
    }

    @Test
    void randomTiesAreAChoiceAmongEqualsThatTheSeedDecides() {
        double[] scores = new double[100];
        Arrays.fill(scores, 40, 100, 1);
        scores[7] = 2;
        TieBreak first = TieBreak.random(1, 0, 0), second = TieBreak.random(2, 0, 0);
        int[] one = Scores.top(scores, 20, c -> first.key(0, c)), two = Scores.top(scores, 20, c -> second.key(0, c));
        assertThat(one).hasSize(20).isSorted().contains(7).isEqualTo(Scores.top(scores, 20, c -> first.key(0, c)));
        assertThat(Arrays.stream(one).filter(c -> c != 7)).allMatch(c -> c >= 40);
        assertThat(one).isNotEqualTo(two);
    }
}
