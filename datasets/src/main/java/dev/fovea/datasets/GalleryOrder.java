package dev.fovea.datasets;

import dev.fovea.datasets.text.Canonical;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Orders the regions of a split into galleries: runs of equal length in which every caption is different, so that
/// each region can be ranked against the captions of its run.
///
/// @param gallery length of a run: what was asked for, or the number of distinct captions if that is less
/// @param regions whole runs one after another; regions left over are not used
record GalleryOrder(int gallery, List<Region> regions) {
    /// A region to evaluate.
    ///
    /// @param scene index of the example in its split
    /// @param region position in the example
    record Region(long scene, int region, String caption, Tier tier) {}

    static GalleryOrder of(List<Region> all, int wanted) {
        Map<String, Deque<Region>> byCaption = new TreeMap<>();
        all.forEach(region -> byCaption
                .computeIfAbsent(Canonical.of(region.caption()), caption -> new ArrayDeque<>())
                .add(region));
        int gallery = Math.min(wanted, byCaption.size());
        if (gallery == 0) {
            return new GalleryOrder(0, List.of());
        }
        List<Region> ordered = new ArrayList<>();
        // Taking the most frequent captions first leaves the fewest regions over.
        for (List<String> run = run(byCaption, gallery); run.size() == gallery; run = run(byCaption, gallery)) {
            List<Region> chosen = new ArrayList<>();
            for (String caption : run) {
                Deque<Region> waiting = byCaption.getOrDefault(caption, new ArrayDeque<>());
                chosen.add(waiting.removeFirst());
            }
            chosen.sort(Comparator.comparingLong(Region::scene).thenComparingInt(Region::region));
            ordered.addAll(chosen);
        }
        return new GalleryOrder(gallery, List.copyOf(ordered));
    }

    private static List<String> run(Map<String, Deque<Region>> byCaption, int gallery) {
        byCaption.values().removeIf(Deque::isEmpty);
        return byCaption.entrySet().stream()
                .sorted(Comparator.comparingInt((Map.Entry<String, Deque<Region>> e) ->
                                -e.getValue().size())
                        .thenComparing(Map.Entry::getKey))
                .limit(gallery)
                .map(Map.Entry::getKey)
                .toList();
    }
}
