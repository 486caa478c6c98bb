package dev.fovea.datasets;

import dev.fovea.datasets.text.Canonical;
import dev.fovea.datasets.text.CaptionProcessor;
import dev.fovea.dsl.spec.DataSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Decides which example, which boxes and which text each element of a training batch gets, from captions alone.
///
/// An equal caption elsewhere in the batch would be a false negative, so an element first tries the boxes of its
/// own example for a caption that is still free, then a few other examples, and only then accepts a repeat.
///
/// With several elements a picture, neighbours in the batch share an example as long as it has boxes that none of
/// them shows; the examples tried after it, and those that replace a broken one, are the same for all neighbours.
final class ElementPlanner {
    private static final int FRESH_TRIES = 8;
    private static final int BROKEN_TRIES = 32;
    private static final int CAPTION_STREAM = 1;

    /// Replacements in an endless corpus are drawn from this many examples.
    private static final long ENDLESS = 1L << 40;

    private final Corpus corpus;
    private final DataSpec.Captions captions;
    private final CaptionProcessor processor;
    private final int batchSize;
    private final long seed;

    ElementPlanner(Corpus corpus, DataSpec.Captions captions, int batchSize, long seed) {
        if (batchSize % captions.elementsPerImage() != 0) {
            throw new IllegalArgumentException(
                    captions.elementsPerImage() + " elements a picture do not divide a batch of " + batchSize);
        }
        this.corpus = corpus;
        this.captions = captions;
        this.processor = new CaptionProcessor(captions.sentenceMasking());
        this.batchSize = batchSize;
        this.seed = seed;
    }

    /// What an element will show.
    ///
    /// @param index of the example
    /// @param regions positions of the boxes in the example; empty for the global caption
    /// @param text processed caption
    /// @param attempt which draw of this element it is
    record Draw(long index, List<Integer> regions, String text, int attempt) {
        boolean global() {
            return regions.isEmpty();
        }

        /// What makes two captions the same.
        String canonical() {
            return Canonical.of(text);
        }
    }

    /// The first usable draw from attempt `first` on, with a caption not in `drawn` where possible.
    ///
    /// @param drawn what the batch shows already
    /// @param broken receives examples whose captions cannot be read
    /// @throws DataException if none of many draws is usable
    Draw draw(long step, int element, int first, Drawn drawn, List<String> broken) {
        Draw repeated = null;
        int sound = 0;
        int unsound = 0;
        for (int attempt = first; sound < FRESH_TRIES && unsound < BROKEN_TRIES; attempt++) {
            long index = index(step, element, attempt);
            try {
                Outline outline = corpus.outline(Split.TRAIN, index);
                SplittableRandom random = Seeds.random(seed, step, element, attempt, CAPTION_STREAM);
                Set<Integer> shown = captions.elementsPerImage() > 1 ? drawn.boxes(index) : Set.of();
                Draw draw = choose(outline, index, attempt, random, shown, drawn);
                if (draw != null && !drawn.has(draw)) {
                    return draw;
                }
                if (repeated == null) {
                    repeated = draw != null ? draw : choose(outline, index, attempt, random, Set.of(), drawn);
                }
                sound++;
            } catch (BrokenSampleException e) {
                broken.add(String.valueOf(e.getMessage()));
                unsound++;
            }
        }
        if (repeated == null) {
            throw new DataException(
                    BROKEN_TRIES + " examples drawn one after another are broken, the last: " + broken.getLast());
        }
        return repeated;
    }

    private long index(long step, int element, int attempt) {
        int group = element / captions.elementsPerImage();
        if (attempt == 0) {
            return step * (batchSize / captions.elementsPerImage()) + group;
        }
        long size = Math.min(corpus.size(Split.TRAIN), ENDLESS);
        return Seeds.random(seed, step, group, attempt).nextLong(size);
    }

    /// A draw from one example, with a caption not in `drawn` where possible; null if all of it is `shown`.
    private @Nullable Draw choose(
            Outline outline, long index, int attempt, SplittableRandom random, Set<Integer> shown, Drawn drawn)
            throws BrokenSampleException {
        int regions = outline.captions().size();
        String global = outline.globalCaption();
        if (regions == 0 && global == null) {
            throw new BrokenSampleException("example", outline.key(), "neither boxes nor a global caption");
        }
        boolean whole = global != null && (regions == 0 || random.nextDouble() < captions.globalProb());
        if (global != null && whole && !shown.contains(Drawn.WHOLE)) {
            return new Draw(index, List.of(), processor.process(List.of(global), random.split()), attempt);
        }
        int[] order = IntStream.of(shuffled(regions, random))
                .filter(region -> !shown.contains(region))
                .toArray();
        Draw first = null;
        for (int start = 0; start < order.length; start++) {
            List<Integer> chosen = cyclic(order, start, Math.min(captions.boxesPerImage(), order.length));
            List<String> texts = chosen.stream().map(outline.captions()::get).toList();
            Draw draw = new Draw(index, chosen, processor.process(texts, random.split()), attempt);
            if (!drawn.has(draw)) {
                return draw;
            }
            first = first == null ? draw : first;
        }
        return first;
    }

    private static int[] shuffled(int count, SplittableRandom random) {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            int other = random.nextInt(i + 1);
            order[i] = order[other];
            order[other] = i;
        }
        return order;
    }

    private static List<Integer> cyclic(int[] order, int start, int count) {
        List<Integer> chosen = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            chosen.add(order[(start + i) % order.length]);
        }
        return List.copyOf(chosen);
    }
}
