package dev.fovea.datasets.scenes;

import dev.fovea.datasets.Seeds;
import dev.fovea.datasets.Split;
import dev.fovea.datasets.Tier;
import dev.fovea.dsl.spec.DataSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/// Draws layouts: distinct concepts, a style and a size each, and places that do not overlap.
///
/// A scene shows a concept at most once, so a caption names one box. Where a split has fewer concepts than the
/// scene has objects, each tier in turn gets one until the concepts are used up. An object that finds no free
/// place, at its size and then at its tier's smallest, is left out.
final class LayoutPlanner {
    private static final int TRIES = 60;

    private final DataSpec.Scenes spec;
    private final SceneSplits splits;
    private final TierSizes sizes;
    private final int gap;

    LayoutPlanner(DataSpec.Scenes spec, SceneSplits splits) {
        this.spec = spec;
        this.splits = splits;
        this.sizes = TierSizes.of(spec.size());
        this.gap = Math.max(2, spec.size() / 400);
    }

    /// The layout of one scene: a pure function of the spec, the split and the index.
    Layout layout(Split split, long index) {
        List<Choice> choices = splits.choices(split);
        SplittableRandom random = Seeds.random(spec.seed(), stream(split), index);
        long background = random.nextLong();
        List<Tier> tiers = tiers(choices.size());
        int[] concepts = distinct(random, choices.size(), tiers.size());
        List<Layout.Placed> placed = new ArrayList<>();
        for (int i = 0; i < tiers.size(); i++) {
            place(random, choices.get(concepts[i]), tiers.get(i), placed);
        }
        return new Layout(background, List.copyOf(placed));
    }

    private static int stream(Split split) {
        return switch (split) {
            case TRAIN -> 0;
            case SEEN -> 1;
            case NEW_STYLE -> 2;
            case NEW_CONCEPT -> 3;
        };
    }

    /// The tiers of the objects, large ones first, at most `concepts` in all.
    private List<Tier> tiers(int concepts) {
        List<Tier> tiers = new ArrayList<>();
        for (int round = 0; round < Math.max(spec.large(), Math.max(spec.medium(), spec.small())); round++) {
            for (Tier tier : Tier.values()) {
                if (round < wanted(tier) && tiers.size() < concepts) {
                    tiers.add(tier);
                }
            }
        }
        tiers.sort(Comparator.naturalOrder());
        return tiers;
    }

    private int wanted(Tier tier) {
        return switch (tier) {
            case LARGE -> spec.large();
            case MEDIUM -> spec.medium();
            case SMALL -> spec.small();
        };
    }

    /// `count` distinct numbers below `size`: the head of a Fisher-Yates shuffle.
    private static int[] distinct(SplittableRandom random, int size, int count) {
        int[] all = new int[size];
        for (int i = 0; i < size; i++) {
            all[i] = i;
        }
        for (int i = 0; i < count; i++) {
            int other = i + random.nextInt(size - i);
            int kept = all[other];
            all[other] = all[i];
            all[i] = kept;
        }
        return all;
    }

    private void place(SplittableRandom random, Choice choice, Tier tier, List<Layout.Placed> placed) {
        List<Integer> possible = sizes.of(tier);
        int side = possible.get(random.nextInt(possible.size()));
        var sprite = choice.sprites().get(random.nextInt(choice.sprites().size()));
        for (int attempt = 0; attempt < 2 * TRIES; attempt++) {
            int trySide = attempt < TRIES ? side : possible.getFirst();
            int x = random.nextInt(spec.size() - trySide + 1);
            int y = random.nextInt(spec.size() - trySide + 1);
            if (placed.stream().noneMatch(other -> other.meets(x, y, trySide, gap))) {
                placed.add(new Layout.Placed(choice, sprite, tier, x, y, trySide));
                return;
            }
        }
    }
}
