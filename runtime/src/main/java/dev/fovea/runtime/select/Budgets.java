package dev.fovea.runtime.select;

import java.util.ArrayList;
import java.util.List;

/// How many patches each high scale gives (ps3-spec 1.5, 1.6).
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

    /// Cuts each share to what its grid has; a shortfall moves to the next scale and is lost at the last.
    public static List<Integer> available(List<Integer> shares, List<ScaleGrid> grids) {
        List<Integer> counts = new ArrayList<>();
        int shortfall = 0;
        for (int i = 0; i < shares.size(); i++) {
            int wanted = shares.get(i) + shortfall,
                    count = Math.min(wanted, grids.get(i).cells());
            counts.add(count);
            shortfall = wanted - count;
        }
        return List.copyOf(counts);
    }
}
