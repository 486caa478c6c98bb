package dev.fovea.datasets;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/// Several corpora as one endless training split. Of every thousand examples each source gives its share, in an
/// order drawn anew for each thousand; so shares are exact to a thousandth, each source is read in its own order
/// without gaps, and what an index shows depends on nothing but the index.
final class MixCorpus implements Corpus {
    private static final int BLOCK = 1000;
    private static final long ORDER = 0x6d6978; // apart from other streams of equal numbers

    private final List<Corpus> sources;
    private final int[] quotas;

    /// @param sources with a training split; closed with this
    /// @param weights above 0, one a source
    /// @throws DataException if a source would get less than one example of a thousand
    MixCorpus(List<? extends Corpus> sources, List<Double> weights) {
        if (sources.isEmpty() || sources.size() != weights.size()) {
            throw new IllegalArgumentException(sources.size() + " sources, " + weights.size() + " weights");
        }
        this.sources = List.copyOf(sources);
        this.quotas = quotas(weights);
        for (int source = 0; source < quotas.length; source++) {
            if (quotas[source] == 0) {
                throw new DataException("data.train.weights: " + weights.get(source) + " gives source " + (source + 1)
                        + " less than a thousandth of the examples");
            }
        }
    }

    /// Shares of a block by largest remainder; of equal ones the first source's.
    private static int[] quotas(List<Double> weights) {
        double sum = weights.stream().mapToDouble(Double::doubleValue).sum();
        double[] exact = weights.stream().mapToDouble(w -> w / sum * BLOCK).toArray();
        int[] quotas = Arrays.stream(exact).mapToInt(share -> (int) share).toArray();
        int left = BLOCK - Arrays.stream(quotas).sum();
        IntStream.range(0, exact.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> quotas[i] - exact[i]))
                .limit(left)
                .forEach(i -> quotas[i]++);
        return quotas;
    }

    /// Where an example comes from.
    private record Place(int source, long index) {}

    private Place place(Split split, long index) {
        if (!supports(split)) {
            throw new DataException("a mix has a training split only, no " + split);
        }
        long block = index / BLOCK;
        int slot = (int) new Permutation(Seeds.mix(ORDER, block), BLOCK).at(index % BLOCK);
        int source = 0;
        while (slot >= quotas[source]) {
            slot -= quotas[source++];
        }
        return new Place(source, block * quotas[source] + slot);
    }

    @Override
    public Example example(Split split, long index) throws BrokenSampleException {
        Place place = place(split, index);
        Example example = sources.get(place.source()).example(split, place.index());
        return new Example(named(place, example.key()), example.picture(), example.regions(), example.globalCaption());
    }

    @Override
    public Outline outline(Split split, long index) throws BrokenSampleException {
        Place place = place(split, index);
        Outline outline = sources.get(place.source()).outline(split, place.index());
        return new Outline(named(place, outline.key()), outline.captions(), outline.tiers(), outline.globalCaption());
    }

    /// Sources may use the same keys.
    private static String named(Place place, String key) {
        return (place.source() + 1) + "/" + key;
    }

    @Override
    public long size(Split split) {
        return supports(split) ? Long.MAX_VALUE : 0;
    }

    @Override
    public List<String> captions() {
        Set<String> all = new TreeSet<>();
        sources.forEach(source -> all.addAll(source.captions()));
        return List.copyOf(all);
    }

    @Override
    public String describe() {
        List<String> parts = new ArrayList<>();
        for (int source = 0; source < quotas.length; source++) {
            parts.add(String.format(
                    Locale.ROOT,
                    "%.1f%% from %s",
                    100.0 * quotas[source] / BLOCK,
                    sources.get(source).describe()));
        }
        return String.join("; ", parts);
    }

    @Override
    public boolean supports(Split split) {
        return split == Split.TRAIN;
    }

    @Override
    public void prepare(Progress progress, int workers) {
        sources.forEach(source -> source.prepare(progress, workers));
    }

    @Override
    public void close() {
        sources.forEach(Corpus::close);
    }
}
