package dev.fovea.datasets.text;

import dev.fovea.datasets.DataException;
import dev.fovea.datasets.text.BpeTokenizer.Merge;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Learns the merges of a [BpeTokenizer]: again and again the most frequent pair of neighbours becomes one
/// token, of equally frequent pairs the first by alphabet. Pairs seen once are not merged.
final class BpeTrainer {
    /// Characters that are always known, so that new names can be spelled.
    private static final String ALWAYS = "abcdefghijklmnopqrstuvwxyz0123456789";

    private final int vocab;
    private final List<String> alphabet;
    private final List<List<String>> words = new ArrayList<>();
    private final List<Integer> frequencies = new ArrayList<>();
    private final Map<Merge, Long> counts = new HashMap<>();
    private final Map<Merge, Set<Integer>> places = new HashMap<>();
    private final PriorityQueue<Candidate> queue = new PriorityQueue<>(Comparator.comparingLong(Candidate::count)
            .reversed()
            .thenComparing(candidate -> candidate.pair().left())
            .thenComparing(candidate -> candidate.pair().right()));

    /// A pair with its count when it was queued; out of date if the count has changed since.
    private record Candidate(Merge pair, long count) {}

    BpeTrainer(List<String> captions, int vocab) {
        this.vocab = vocab;
        TreeMap<String, Integer> seen = new TreeMap<>();
        for (String caption : captions) {
            for (String word : BpeTokenizer.words(caption)) {
                seen.merge(word, 1, Integer::sum);
            }
        }
        TreeSet<String> characters = new TreeSet<>(BpeTokenizer.characters(ALWAYS));
        seen.forEach((word, count) -> {
            List<String> parts = BpeTokenizer.characters(word);
            characters.addAll(parts);
            words.add(parts);
            frequencies.add(count);
        });
        characters.remove(BpeTokenizer.SPACE);
        this.alphabet = new ArrayList<>(List.of(BpeTokenizer.SPACE));
        alphabet.addAll(characters);
    }

    BpeTokenizer train() {
        int room = vocab - BpeTokenizer.SPECIAL.size() - alphabet.size();
        if (room < 0) {
            throw new DataException("data.tokenizer.vocab: " + vocab + " ids are too few for "
                    + BpeTokenizer.SPECIAL.size() + " special ones and the captions' " + alphabet.size()
                    + " characters; there must be " + (vocab - room) + " or more");
        }
        for (int word = 0; word < words.size(); word++) {
            count(word, 1);
        }
        counts.forEach((pair, count) -> queue.add(new Candidate(pair, count)));
        List<Merge> merges = new ArrayList<>();
        Set<String> known = new HashSet<>(alphabet);
        while (merges.size() < room && !queue.isEmpty()) {
            Candidate candidate = queue.remove();
            long now = counts.getOrDefault(candidate.pair(), 0L);
            if (now < 2 || now != candidate.count()) {
                continue;
            }
            apply(candidate.pair());
            if (known.add(candidate.pair().joined())) {
                merges.add(candidate.pair());
            }
        }
        return new BpeTokenizer(alphabet, merges);
    }

    /// Adds or removes the pairs of a word.
    private void count(int word, int sign) {
        List<String> parts = words.get(word);
        for (int i = 0; i + 1 < parts.size(); i++) {
            Merge pair = new Merge(parts.get(i), parts.get(i + 1));
            counts.merge(pair, (long) sign * frequencies.get(word), Long::sum);
            if (sign > 0) {
                places.computeIfAbsent(pair, _ -> new HashSet<>()).add(word);
            }
        }
    }

    private void apply(Merge pair) {
        Set<Merge> touched = new HashSet<>();
        for (int word : places.getOrDefault(pair, Set.of()).toArray(Integer[]::new)) {
            count(word, -1);
            List<String> parts = words.get(word);
            touched.addAll(pairs(parts));
            for (int i = 0; i + 1 < parts.size(); i++) {
                if (parts.get(i).equals(pair.left()) && parts.get(i + 1).equals(pair.right())) {
                    parts.set(i, pair.joined());
                    parts.remove(i + 1);
                }
            }
            touched.addAll(pairs(parts));
            count(word, 1);
        }
        places.remove(pair);
        for (Merge changed : touched) {
            queue.add(new Candidate(changed, counts.getOrDefault(changed, 0L)));
        }
    }

    private static Set<Merge> pairs(List<String> parts) {
        Set<Merge> pairs = new HashSet<>();
        for (int i = 0; i + 1 < parts.size(); i++) {
            pairs.add(new Merge(parts.get(i), parts.get(i + 1)));
        }
        return pairs;
    }
}
