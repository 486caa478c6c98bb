package dev.fovea.runtime.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.SplittableRandom;

/// Local-caption retrieval: each region is ranked against its own caption and others of the same split.
///
/// @param gallery captions each region is ranked against, its own included
/// @param seed seed of the draw of the others
public record Retrieval(int gallery, long seed) {
    /// One region with its unit feature and caption.
    ///
    /// @param image feature (D)
    /// @param text feature of the caption (D)
    public record Region(String key, String caption, double[] image, double[] text) {}

    /// How one region fared.
    ///
    /// @param rank 1 for the best place; equal scores count as worse, so that a model without an opinion is not
    /// helped
    /// @param candidates captions it was ranked against
    public record Ranked(String key, String caption, int rank, int candidates) {}

    /// Ranks every region.
    public List<Ranked> rank(List<Region> regions) {
        SequencedMap<String, double[]> texts = new LinkedHashMap<>();
        regions.forEach(r -> texts.putIfAbsent(r.caption(), r.text()));
        List<String> captions = List.copyOf(texts.keySet());
        List<Ranked> ranked = new ArrayList<>();
        for (int i = 0; i < regions.size(); i++) {
            Region r = regions.get(i);
            List<String> others = others(captions, r.caption(), i);
            double own = dot(r.image(), r.text());
            int rank = 1;
            for (String other : others) {
                double[] text = texts.get(other);
                rank += text != null && !(dot(r.image(), text) < own) ? 1 : 0;
            }
            ranked.add(new Ranked(r.key(), r.caption(), rank, others.size() + 1));
        }
        return ranked;
    }

    /// Share of regions whose own caption is among the best `k`.
    public static double recall(List<Ranked> ranked, int k) {
        return ranked.stream().filter(r -> r.rank() <= k).count() / (double) ranked.size();
    }

    /// What guessing would score.
    public static double chance(List<Ranked> ranked, int k) {
        return ranked.stream()
                .mapToDouble(r -> Math.min(1.0, k / (double) r.candidates()))
                .average()
                .orElse(Double.NaN);
    }

    /// Up to `gallery - 1` captions other than the region's own, drawn by (seed, region).
    private List<String> others(List<String> captions, String own, int region) {
        List<String> pool = new ArrayList<>(captions);
        pool.remove(own);
        SplittableRandom random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + region);
        int count = Math.min(gallery - 1, pool.size());
        for (int i = 0; i < count; i++) {
            int j = random.nextInt(i, pool.size());
            String drawn = pool.get(j);
            pool.set(j, pool.get(i));
            pool.set(i, drawn);
        }
        return pool.subList(0, count);
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
