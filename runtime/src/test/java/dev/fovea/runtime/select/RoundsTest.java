package dev.fovea.runtime.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.dsl.spec.ModelSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// How many patches each round gives (ps3-spec 1.5, 1.6), and which.
class RoundsTest {
    private static final List<Integer> CELLS_4K = List.of(2916, 11664, 72900);

    @Test
    void theReleasedModelsNeedSixAndThirtyFiveRoundsForEverything() {
        Rounds small = Rounds.exact(List.of(512, 2048), List.of(2916, 11664));
        assertThat(small.plan(new LookRequest.All())).hasSize(6).last().isEqualTo(List.of(356, 1424));
        List<List<Integer>> large =
                Rounds.exact(List.of(85, 341, 2134), CELLS_4K).plan(new LookRequest.All());
        assertThat(large).hasSize(35).last().isEqualTo(List.of(26, 70, 344));
        assertThat(large.stream().flatMap(List::stream).mapToInt(k -> k).sum()).isEqualTo(87480);
    }

    @Test
    void bothRulesAgreeWhereNothingIsExcludedOrLost() {
        for (LookRequest request : List.of(
                new LookRequest.All(),
                new LookRequest.Looks(3),
                new LookRequest.Tokens(1000),
                new LookRequest.Tokens(6000))) {
            Rounds exact = Rounds.exact(List.of(512, 2048), List.of(2916, 11664));
            Rounds released = new Rounds(exact.budgets(), exact.cells(), 2, 2, ModelSpec.Budgets.RELEASED);
            assertThat(exact.plan(request)).as("%s", request).isEqualTo(released.plan(request));
        }
    }

    /// Two of the released code's defects (ps3-spec 7.1.2): it asks for -1 tokens, and it encodes 780 tokens of an
    /// excluded scale.
    @Test
    void excludedScalesGiveNothingByTheExactRule() {
        List<Integer> budgets = List.of(85, 341, 2134);
        Rounds one = new Rounds(budgets, CELLS_4K, 1, 1, ModelSpec.Budgets.EXACT);
        assertThat(one.plan(new LookRequest.Looks(1))).containsExactly(List.of(2560, 0, 0));
        Rounds two = new Rounds(budgets, CELLS_4K, 2, 2, ModelSpec.Budgets.EXACT);
        List<List<Integer>> all = two.plan(new LookRequest.All());
        assertThat(all).allMatch(r -> r.get(2) == 0);
        assertThat(all.stream().flatMap(List::stream).mapToInt(k -> k).sum()).isEqualTo(2916 + 11664);
        assertThat(two.plan(new LookRequest.Tokens(1000))).containsExactly(List.of(199, 801, 0));
        Rounds leaky = new Rounds(budgets, CELLS_4K, 2, 2, ModelSpec.Budgets.RELEASED);
        assertThat(leaky.plan(new LookRequest.All()).stream()
                        .mapToInt(r -> r.get(2))
                        .sum())
                .isEqualTo(780);
        assertThat(leaky.plan(new LookRequest.Tokens(1000))).containsExactly(List.of(198, 801, 1561));
        Rounds failing = new Rounds(budgets, CELLS_4K, 1, 1, ModelSpec.Budgets.RELEASED);
        assertThat(failing.plan(new LookRequest.Looks(1))).containsExactly(List.of(2560, 1, 0));
    }

    /// The released code misses six patches of a 4K picture of 15 low-resolution columns (ps3-spec 7.1.1).
    @Test
    void everythingIsEverythingByTheExactRule() {
        List<Integer> cells = List.of(54 * 30, 108 * 60, 270 * 150), budgets = List.of(85, 341, 2134);
        int total = cells.stream().mapToInt(c -> c).sum();
        assertThat(sum(Rounds.exact(budgets, cells).plan(new LookRequest.All())))
                .isEqualTo(total);
        assertThat(sum(new Rounds(budgets, cells, 3, 3, ModelSpec.Budgets.RELEASED).plan(new LookRequest.All())))
                .isEqualTo(total - 6);
    }

    /// Exact budgets, ascending, distinct, disjoint over rounds, never an index outside, over random models.
    @Test
    void roundsWalkDownTheRanking() {
        for (long seed = 0; seed < 300; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int scales = random.nextInt(1, 5), allowed = random.nextInt(1, scales + 1);
            List<Integer> cells = new ArrayList<>(), budgets = new ArrayList<>();
            List<double[]> scores = new ArrayList<>();
            for (int i = 0; i < scales; i++) {
                cells.add(random.nextInt(1, 80));
                budgets.add(random.nextInt(0, 30));
                scores.add(
                        random.doubles(cells.get(i)).map(x -> Math.floor(x * 6)).toArray());
            }
            budgets.set(0, budgets.getFirst() + 1);
            Rounds rounds = new Rounds(budgets, cells, allowed, allowed, ModelSpec.Budgets.EXACT);
            LookRequest request = switch (random.nextInt(3)) {
                case 0 -> new LookRequest.All();
                case 1 -> new LookRequest.Looks(random.nextInt(5));
                default -> new LookRequest.Tokens(random.nextInt(200));
            };
            check("seed " + seed, rounds, request, scores);
        }
    }

    private static void check(String seed, Rounds rounds, LookRequest request, List<double[]> scores) {
        List<List<Integer>> plan = rounds.plan(request);
        int budget = rounds.budgets().stream().mapToInt(k -> k).sum();
        int total = rounds.cells().subList(0, rounds.allowed()).stream()
                .mapToInt(c -> c)
                .sum();
        int expected = switch (request) {
            case LookRequest.All _ -> total;
            case LookRequest.Looks looks -> Math.min(total, looks.n() * budget);
            case LookRequest.Tokens tokens -> Math.min(total, tokens.n());
        };
        assertThat(sum(plan)).as(seed).isEqualTo(expected);
        assertThat(plan).as(seed).allMatch(r -> r.stream().mapToInt(k -> k).sum() <= budget);
        Ranking ranking = new Ranking(scores, TieBreak.lowestIndex());
        List<Set<Integer>> seen = new ArrayList<>();
        double[] lowest = new double[scores.size()];
        Arrays.fill(lowest, Double.POSITIVE_INFINITY);
        scores.forEach(_ -> seen.add(new HashSet<>()));
        for (List<Integer> counts : plan) {
            List<int[]> chosen = ranking.next(counts);
            for (int i = 0; i < scores.size(); i++) {
                double[] of = scores.get(i);
                assertThat(chosen.get(i)).as(seed).hasSize(counts.get(i)).isSorted();
                double highest = Double.NEGATIVE_INFINITY, least = lowest[i];
                for (int cell : chosen.get(i)) {
                    assertThat(cell).as(seed).isBetween(0, of.length - 1);
                    assertThat(seen.get(i).add(cell)).as(seed).isTrue();
                    highest = Math.max(highest, of[cell]);
                    least = Math.min(least, of[cell]);
                }
                assertThat(highest).as(seed).isLessThanOrEqualTo(lowest[i]);
                lowest[i] = least;
            }
        }
    }

    @Test
    void moreThanThereIsIsRefused() {
        Ranking ranking = new Ranking(List.of(new double[] {1, 2}), TieBreak.lowestIndex());
        ranking.next(List.of(1));
        assertThatThrownBy(() -> ranking.next(List.of(2))).hasMessageContaining("fewer than 2");
        assertThatThrownBy(() -> Rounds.exact(List.of(0), List.of(4))).hasMessageContaining("not all 0");
        assertThatThrownBy(() -> LookRequest.looks("some")).hasMessageContaining("'some' is neither");
        assertThat(LookRequest.looks("all")).isEqualTo(new LookRequest.All());
    }

    private static int sum(List<List<Integer>> plan) {
        return plan.stream().flatMap(List::stream).mapToInt(k -> k).sum();
    }
}
