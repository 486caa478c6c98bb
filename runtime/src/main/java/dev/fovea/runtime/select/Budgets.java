package dev.fovea.runtime.select;

import java.util.ArrayList;
import java.util.List;

/// How the tokens of a round are shared among the high scales (ps3-spec 1.5).
public final class Budgets {
    private Budgets() {}

    /// Shares `total` in proportion to the pixels of each scale, rounding down; the last scale gets the rest.
    ///
    /// @param highScales picture sides of the high scales
    public static List<Integer> proportional(int total, List<Integer> highScales) {
        long pixels = highScales.stream().mapToLong(s -> (long) s * s).sum();
        List<Integer> shares = new ArrayList<>();
        int left = total;
        for (int s : highScales.subList(0, highScales.size() - 1)) {
            int share = (int) ((long) total * s * s / pixels);
            shares.add(share);
            left -= share;
        }
        shares.add(left);
        return List.copyOf(shares);
    }

    /// The same shares of another total, rounded down; the last scale gets the rest.
    public static List<Integer> scaled(List<Integer> shares, int total) {
        long sum = shares.stream().mapToLong(s -> s).sum();
        List<Integer> scaled = new ArrayList<>();
        int left = total;
        for (int s : shares.subList(0, shares.size() - 1)) {
            int share = (int) (s * (long) total / sum);
            scaled.add(share);
            left -= share;
        }
        scaled.add(left);
        return List.copyOf(scaled);
    }
}
