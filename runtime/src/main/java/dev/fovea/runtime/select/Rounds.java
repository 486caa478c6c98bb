package dev.fovea.runtime.select;

import dev.fovea.dsl.spec.ModelSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// How many patches each high scale gives in each round, for one picture (ps3-spec 1.5, 1.6). Counts depend on
/// budgets and grids alone, not on scores.
///
/// `EXACT` gives every round its tokens to the last one: an excluded scale gives none, what a scale cannot give
/// moves to the next, and from the last allowed one back to the first with patches left. `RELEASED` is the
/// released code's arithmetic: an excluded scale gets one token and then the rest of the sum, what a scale cannot
/// give moves on to excluded scales too, and what the last scale cannot give is lost. Where that arithmetic would
/// ask for a negative number of tokens and the released code fails, 0 is taken.
///
/// @param budgets tokens of each high scale in a full round
/// @param cells patches that each high scale has
/// @param allowed how many high scales may give patches, from the smallest
/// @param counted how many high scales count as the total of "all patches"; differs from `allowed` only within a
///     batch whose pictures allow different numbers of scales
public record Rounds(List<Integer> budgets, List<Integer> cells, int allowed, int counted, ModelSpec.Budgets rule) {
    /// Copies the lists.
    ///
    /// @throws IllegalArgumentException if sizes do not fit or all budgets are 0
    public Rounds {
        budgets = List.copyOf(budgets);
        cells = List.copyOf(cells);
        if (budgets.size() != cells.size() || allowed < 1 || allowed > cells.size() || counted > cells.size()) {
            throw new IllegalArgumentException(
                    "budgets " + budgets + " for scales of " + cells + " patches, " + allowed + " allowed");
        }
        if (sum(budgets) <= 0 || budgets.stream().anyMatch(k -> k < 0)) {
            throw new IllegalArgumentException("budgets " + budgets + ": 0 or more each, and not all 0");
        }
    }

    /// Rounds over all scales by the exact rule.
    public static Rounds exact(List<Integer> budgets, List<Integer> cells) {
        return new Rounds(budgets, cells, cells.size(), cells.size(), ModelSpec.Budgets.EXACT);
    }

    /// Tokens of each high scale in each round.
    public List<List<Integer>> plan(LookRequest request) {
        int full = sum(budgets), total = sum(cells.subList(0, counted));
        List<List<Integer>> rounds = new ArrayList<>();
        int[] left = cells.stream().mapToInt(c -> c).toArray();
        for (int size : sizes(request, full, total)) {
            List<Integer> taken = taken(size, left);
            if (sum(taken) == 0) {
                break;
            }
            rounds.add(taken);
        }
        return List.copyOf(rounds);
    }

    /// Tokens of each high scale in one round of `size` tokens, where `left` patches of each scale are not chosen
    /// yet.
    public List<Integer> round(int size, List<Integer> left) {
        return taken(size, left.stream().mapToInt(n -> n).toArray());
    }

    private List<Integer> taken(int size, int[] left) {
        List<Integer> wanted = shares(size, sum(budgets));
        return rule == ModelSpec.Budgets.EXACT ? takeExactly(wanted, left) : take(wanted, left);
    }

    /// Tokens wanted in each round. A round that is not asked for by number of tokens wants the full budget.
    private List<Integer> sizes(LookRequest request, int full, int total) {
        List<Integer> sizes = new ArrayList<>();
        int most = Math.ceilDiv(total, full);
        switch (request) {
            case LookRequest.Looks looks -> add(sizes, Math.min(looks.n(), most), full);
            case LookRequest.All _ -> add(sizes, most, full);
            case LookRequest.Tokens tokens -> {
                int n = Math.min(tokens.n(), total);
                add(sizes, n / full, full);
                if (n % full > 0) {
                    sizes.add(n % full);
                }
            }
        }
        return sizes;
    }

    private static void add(List<Integer> sizes, int rounds, int size) {
        for (int i = 0; i < rounds; i++) {
            sizes.add(size);
        }
    }

    /// Splits a round's tokens over the scales.
    private List<Integer> shares(int size, int full) {
        List<Integer> shares = new ArrayList<>();
        for (int budget : budgets) {
            shares.add((int) ((long) budget * size / full));
        }
        giveRest(shares, shares.size() - 1, size);
        return allowed == cells.size()
                ? shares
                : rule == ModelSpec.Budgets.EXACT ? without(shares, size) : leaky(shares, full);
    }

    private static void giveRest(List<Integer> shares, int scale, int total) {
        shares.set(scale, shares.get(scale) + total - sum(shares));
    }

    /// The allowed scales share everything in the proportion of their budgets.
    private List<Integer> without(List<Integer> shares, int size) {
        int base = sum(budgets.subList(0, allowed));
        List<Integer> out = new ArrayList<>();
        for (int i = 0; i < shares.size(); i++) {
            out.add(i < allowed && base > 0 ? (int) ((long) budgets.get(i) * size / base) : 0);
        }
        giveRest(out, allowed - 1, size);
        return out;
    }

    /// The released code's restriction to the first scales.
    private List<Integer> leaky(List<Integer> shares, int full) {
        double base = sum(shares.subList(0, allowed)), all = sum(shares);
        List<Integer> out = new ArrayList<>();
        for (int i = 0; i < shares.size(); i++) {
            out.add(i < allowed ? (int) (shares.get(i) / base * all) : 1);
        }
        giveRest(out, out.size() - 1, full);
        out.replaceAll(k -> Math.max(k, 0));
        return out;
    }

    /// What a scale cannot give moves to the next; at the last it is lost.
    private static List<Integer> take(List<Integer> wanted, int[] left) {
        List<Integer> taken = new ArrayList<>();
        int carried = 0;
        for (int i = 0; i < left.length; i++) {
            int want = wanted.get(i) + carried, take = Math.min(want, left[i]);
            carried = want - take;
            left[i] -= take;
            taken.add(take);
        }
        return taken;
    }

    /// As [#take], within the allowed scales, and what is left over goes back to the first with patches left.
    private List<Integer> takeExactly(List<Integer> wanted, int[] left) {
        int[] within = left.clone();
        Arrays.fill(within, allowed, within.length, 0);
        List<Integer> taken = take(wanted, within);
        int missing = sum(wanted) - sum(taken);
        for (int i = 0; i < allowed; i++) {
            int more = Math.min(missing, within[i]);
            missing -= more;
            taken.set(i, taken.get(i) + more);
        }
        for (int i = 0; i < left.length; i++) {
            left[i] -= taken.get(i);
        }
        return taken;
    }

    private static int sum(List<Integer> numbers) {
        return numbers.stream().mapToInt(n -> n).sum();
    }
}
