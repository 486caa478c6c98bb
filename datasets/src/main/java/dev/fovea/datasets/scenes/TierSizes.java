package dev.fovea.datasets.scenes;

import dev.fovea.datasets.Tier;
import java.util.ArrayList;
import java.util.List;

/// The sizes objects may have in a scene, in pixels of the longer side, ascending, about 8 % apart: few enough that
/// scaled sprites are reused.
///
/// On a 3780 px scene: 160-400, 64-144 and 20-34 px. Smaller scenes scale these down, but a tier never starts below
/// 40, 20 and 12 px (or a fifth, an eighth and a sixteenth of the side, if that is less), because nobody can tell
/// what an object of three pixels shows. Tiers never overlap, and nothing is larger than a third of the scene.
///
/// @param large sizes of large objects
/// @param medium sizes of medium objects
/// @param small sizes of small objects
public record TierSizes(List<Integer> large, List<Integer> medium, List<Integer> small) {
    private static final double REFERENCE_SIDE = 3780;
    private static final double STEP = 1.08;

    /// The sizes for a scene of `side` pixels.
    public static TierSizes of(int side) {
        int large = lowest(160, 40, 5, side);
        int medium = lowest(64, 20, 8, side);
        int small = lowest(20, 12, 16, side);
        return new TierSizes(
                steps(large, Math.min(large * 400 / 160, side / 3)),
                steps(medium, Math.min(medium * 144 / 64, large * 9 / 10)),
                steps(small, Math.min(small * 34 / 20, medium * 9 / 10)));
    }

    /// The sizes of a tier.
    public List<Integer> of(Tier tier) {
        return switch (tier) {
            case LARGE -> large;
            case MEDIUM -> medium;
            case SMALL -> small;
        };
    }

    private static int lowest(int atReference, int floor, int shareOfSide, int side) {
        double scaled = atReference * side / REFERENCE_SIDE;
        return Math.max(4, (int) Math.round(Math.max(scaled, Math.min(floor, (double) side / shareOfSide))));
    }

    private static List<Integer> steps(int low, int high) {
        List<Integer> sizes = new ArrayList<>();
        sizes.add(low);
        for (double next = low * STEP; Math.round(next) < high; next *= STEP) {
            int size = (int) Math.round(next);
            if (size > sizes.getLast()) {
                sizes.add(size);
            }
        }
        if (high > sizes.getLast()) {
            sizes.add(high);
        }
        return List.copyOf(sizes);
    }
}
