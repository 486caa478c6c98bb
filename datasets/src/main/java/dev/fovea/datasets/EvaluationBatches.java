package dev.fovea.datasets;

import dev.fovea.datasets.text.CaptionProcessor;
import dev.fovea.dsl.spec.DataSpec;
import java.lang.foreign.Arena;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The regions of a split's first scenes as batches, the same every time: whole pictures without random crops,
/// captions without masking, one element a region.
///
/// Regions come in galleries: elements `k * gallery()` to `(k + 1) * gallery() - 1` have different captions, so
/// retrieval ranks each region against the captions of its own gallery, and chance is `1 / gallery()`.
public final class EvaluationBatches implements AutoCloseable {
    /// The most regions taken from one scene, spread over its tiers.
    public static final int REGIONS_PER_SCENE = 16;

    private final Corpus corpus;
    private final Split split;
    private final ElementWriter writer;
    private final CaptionProcessor captions = new CaptionProcessor(false);
    private final GalleryOrder order;
    private final int batchSize;
    private final int side;
    private final int context;
    private Memory memory = new Memory();
    private int made;

    /// Batches that are not in use, and the memory of all.
    private static final class Memory {
        private final Arena arena = Arena.ofShared();
        private final Deque<Batch> free = new ArrayDeque<>();
    }

    /// @param batchSize elements of a batch B
    /// @param side side of the pictures in pixels S
    /// @param context tokens of a text T
    /// @param scenes scenes 0 to `scenes - 1` of the split are used
    /// @param gallery captions each region is to be ranked against, at least 1
    /// @throws DataException if the corpus has no such split
    public EvaluationBatches(
            Corpus corpus,
            Split split,
            Tokenizer tokenizer,
            DataSpec data,
            int batchSize,
            int side,
            int context,
            int scenes,
            int gallery) {
        if (!corpus.supports(split)) {
            throw new DataException("there is no split " + split + " in: " + corpus.describe());
        }
        if (batchSize < 1 || gallery < 1) {
            throw new IllegalArgumentException("batchSize " + batchSize + " and gallery " + gallery + " start at 1");
        }
        this.corpus = corpus;
        this.split = split;
        this.writer = new ElementWriter(tokenizer, data.preprocess(), side, context);
        this.batchSize = batchSize;
        this.side = side;
        this.context = context;
        this.order = GalleryOrder.of(regions(scenes), gallery);
    }

    private List<GalleryOrder.Region> regions(int scenes) {
        List<GalleryOrder.Region> found = new ArrayList<>();
        for (long scene = 0; scene < Math.min(scenes, corpus.size(split)); scene++) {
            Outline outline = outline(scene);
            int count = outline == null ? 0 : outline.captions().size();
            int taken = Math.min(count, REGIONS_PER_SCENE);
            for (int i = 0; outline != null && i < taken; i++) {
                int region = (int) ((long) i * count / taken);
                String text = captions.process(List.of(outline.captions().get(region)), new SplittableRandom(0));
                found.add(new GalleryOrder.Region(
                        scene, region, text, outline.tiers().get(region)));
            }
        }
        return found;
    }

    private @Nullable Outline outline(long scene) {
        try {
            return corpus.outline(split, scene);
        } catch (BrokenSampleException e) {
            // Known before anything is drawn, so leaving the scene out shifts nothing.
            return null;
        }
    }

    /// Regions in all: a multiple of [#gallery()], 0 if the scenes are empty.
    public int size() {
        return order.regions().size();
    }

    /// Regions of a gallery: what was asked for, or the number of distinct captions if there are fewer.
    public int gallery() {
        return order.gallery();
    }

    /// Number of batches.
    public int batches() {
        return (size() + batchSize - 1) / batchSize;
    }

    /// How many elements of batch `i` count; the rest of the last one repeats its last valid element.
    public int valid(int i) {
        return Math.min(batchSize, size() - i * batchSize);
    }

    /// Caption of region `element` of 0..size()-1, as it was tokenised.
    public String caption(int element) {
        return order.regions().get(element).caption();
    }

    /// Size class of region `element`.
    public Tier tier(int element) {
        return order.regions().get(element).tier();
    }

    /// Batch `i` of 0..batches()-1, drawn on all cores; give it back with [Batch#release()].
    ///
    /// @throws DataException if an example cannot be drawn
    public Batch batch(int i) {
        if (i < 0 || i >= batches()) {
            throw new IndexOutOfBoundsException("batch " + i + " of " + batches());
        }
        Batch batch = take();
        batch.lend(i);
        Map<Long, List<Integer>> byScene = new TreeMap<>();
        for (int element = 0; element < valid(i); element++) {
            long scene = order.regions().get(i * batchSize + element).scene();
            byScene.computeIfAbsent(scene, key -> new ArrayList<>()).add(element);
        }
        byScene.entrySet().parallelStream().forEach(e -> write(e.getKey(), e.getValue(), i, batch));
        for (int element = valid(i); element < batchSize; element++) {
            batch.copy(valid(i) - 1, element);
        }
        return batch;
    }

    private void write(long scene, List<Integer> elements, int i, Batch batch) {
        try {
            Example example = corpus.example(split, scene);
            for (int element : elements) {
                GalleryOrder.Region region = order.regions().get(i * batchSize + element);
                writer.writeWhole(example, List.of(region.region()), region.caption(), batch, element);
            }
        } catch (BrokenSampleException e) {
            throw new DataException("cannot evaluate on a broken example: " + e.getMessage(), e);
        }
    }

    private synchronized Batch take() {
        Batch batch = memory.free.pollFirst();
        if (batch != null) {
            return batch;
        }
        made++;
        return new Batch(memory.arena, batchSize, side, context, false, this::giveBack);
    }

    private synchronized void giveBack(Batch batch) {
        memory.free.addFirst(batch);
    }

    /// Native memory of one batch.
    public static long bytesOfBatch(int batchSize, int side, int context) {
        return Batch.bytesOf(batchSize, side, context, false);
    }

    /// Frees the memory of the batches until one is wanted again; all must have been released.
    ///
    /// @throws IllegalStateException if one is in use
    public synchronized void freeMemory() {
        if (memory.free.size() != made) {
            throw new IllegalStateException((made - memory.free.size()) + " batches are still in use");
        }
        made = 0;
        memory.arena.close();
        memory = new Memory();
    }

    /// Frees the memory of all batches.
    @Override
    public synchronized void close() {
        memory.arena.close();
    }
}
