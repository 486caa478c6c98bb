package dev.fovea.datasets.scenes;

import dev.fovea.datasets.BrokenSampleException;
import dev.fovea.datasets.Corpus;
import dev.fovea.datasets.DataException;
import dev.fovea.datasets.Example;
import dev.fovea.datasets.Outline;
import dev.fovea.datasets.Progress;
import dev.fovea.datasets.Split;
import dev.fovea.datasets.Tier;
import dev.fovea.datasets.sprites.IconLibrary;
import dev.fovea.datasets.sprites.Sprite;
import dev.fovea.datasets.sprites.SpriteCatalog;
import dev.fovea.datasets.sprites.SpriteStore;
import dev.fovea.dsl.spec.DataSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Scenes composed on the fly: real pictures with real names on procedural backgrounds or large pictures, each with
/// an exact box and a caption. Endless in every split.
public final class ScenesCorpus implements Corpus {
    private static final long SMALLEST_BUDGET = 16L << 20;
    private static final long LARGEST_BUDGET = 192L << 20;

    private final DataSpec.Scenes spec;
    private final SpriteCatalog catalog;
    private final SceneSplits splits;
    private final LayoutPlanner planner;
    private final Composer composer;
    private final SpriteStore sprites;

    private ScenesCorpus(DataSpec.Scenes spec, SpriteCatalog catalog, SceneSplits splits, Path specFolder, Path cache) {
        this.spec = spec;
        this.catalog = catalog;
        this.splits = splits;
        this.planner = new LayoutPlanner(spec, splits);
        long budget = Math.clamp(Runtime.getRuntime().maxMemory() / 16, SMALLEST_BUDGET, LARGEST_BUDGET);
        this.sprites = new SpriteStore(catalog, cache, budget);
        this.composer = new Composer(sprites, background(spec, specFolder, cache, budget), spec.size());
    }

    /// Opens the corpus; the first time ever this reads the icon sets.
    ///
    /// @param specFolder what the folder of background pictures is relative to
    /// @param cacheFolder where drawn sprites are kept
    /// @throws DataException if the spec asks for what is not there
    public static ScenesCorpus open(
            DataSpec.Scenes spec, IconLibrary library, Path specFolder, Path cacheFolder, Progress progress) {
        requireSound(spec);
        SpriteCatalog catalog = SpriteCatalog.open(library, cacheFolder, progress);
        try {
            SceneSplits splits = SceneSplits.of(catalog.concepts(), library.sets(), spec);
            return new ScenesCorpus(spec, catalog, splits, specFolder, cacheFolder);
        } catch (RuntimeException e) {
            catalog.close();
            throw e;
        }
    }

    private static void requireSound(DataSpec.Scenes spec) {
        if (spec.size() < 32 || spec.size() > 3780) {
            throw new DataException("data.train.size: a scene has 32 to 3780 px, not " + spec.size());
        }
        if (spec.concepts() < 0 || spec.large() < 0 || spec.medium() < 0 || spec.small() < 0) {
            throw new DataException("data.train: concepts, large, medium and small cannot be negative");
        }
        if (spec.large() + spec.medium() + spec.small() == 0) {
            throw new DataException("data.train: a scene needs at least one object in large, medium or small");
        }
    }

    private static Background background(DataSpec.Scenes spec, Path specFolder, Path cache, long budget) {
        return switch (spec.backgrounds()) {
            case "procedural" -> new ProceduralBackground();
            case "pictures" -> new PictureBackground(specFolder.resolve(spec.pictures()), cache, budget);
            default ->
                throw new DataException("data.train.backgrounds: " + spec.backgrounds()
                        + " is unknown; there are: procedural, pictures");
        };
    }

    @Override
    public Example example(Split split, long index) throws BrokenSampleException {
        Layout layout = layout(split, index);
        try {
            Composer.Scene scene = composer.compose(layout, split != Split.TRAIN);
            return new Example(key(split, index), scene.picture(), scene.regions(), globalCaption(layout));
        } catch (IOException e) {
            throw new BrokenSampleException("scenes", key(split, index), String.valueOf(e.getMessage()));
        }
    }

    @Override
    public Outline outline(Split split, long index) {
        Layout layout = layout(split, index);
        return new Outline(
                key(split, index),
                layout.objects().stream()
                        .map(placed -> placed.choice().caption())
                        .toList(),
                layout.objects().stream().map(Layout.Placed::tier).toList(),
                globalCaption(layout));
    }

    private Layout layout(Split split, long index) {
        if (!supports(split)) {
            throw new DataException("the scenes have no split " + split + ": every style is a training style");
        }
        return planner.layout(split, index);
    }

    private static String key(Split split, long index) {
        return String.format(
                Locale.ROOT, "%s-%09d", split.name().toLowerCase(Locale.ROOT).replace('_', '-'), index);
    }

    /// The large objects from left to right (the medium or small ones if there are none), or null in an empty
    /// scene.
    private static @Nullable String globalCaption(Layout layout) {
        for (Tier tier : Tier.values()) {
            String listed = layout.objects().stream()
                    .filter(placed -> placed.tier() == tier)
                    .sorted(Comparator.comparingInt(Layout.Placed::x).thenComparingInt(Layout.Placed::y))
                    .map(placed -> placed.choice().caption())
                    .collect(Collectors.joining(", "));
            if (!listed.isEmpty()) {
                return listed;
            }
        }
        return null;
    }

    @Override
    public long size(Split split) {
        return supports(split) ? Long.MAX_VALUE : 0;
    }

    @Override
    public List<String> captions() {
        return splits.captions();
    }

    @Override
    public String describe() {
        return String.format(
                Locale.ROOT,
                "scenes of %d px, %d objects each; %d concepts in %d styles, %d unseen concepts, %d held-out styles",
                spec.size(),
                spec.large() + spec.medium() + spec.small(),
                splits.choices(Split.TRAIN).size(),
                spec.styles().size(),
                splits.choices(Split.NEW_CONCEPT).size(),
                splits.heldOutStyles().size());
    }

    @Override
    public boolean supports(Split split) {
        return !splits.choices(split).isEmpty();
    }

    /// Draws all sprites of all splits into the disk cache.
    @Override
    public void prepare(Progress progress, int workers) {
        int side = TierSizes.of(spec.size()).large().getLast();
        List<Sprite> needed = Stream.of(Split.TRAIN, Split.NEW_STYLE, Split.NEW_CONCEPT)
                .flatMap(split -> splits.choices(split).stream())
                .flatMap(choice -> choice.sprites().stream())
                .distinct()
                .toList();
        AtomicInteger next = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        CountDownLatch finished = new CountDownLatch(workers);
        for (int worker = 0; worker < workers; worker++) {
            Thread.ofPlatform().daemon().name("fovea-draw-" + worker).start(() -> {
                try {
                    for (int i = next.getAndIncrement(); i < needed.size(); i = next.getAndIncrement()) {
                        prepare(needed.get(i), side);
                        progress.report("drawing pictures", done.incrementAndGet(), needed.size());
                    }
                } finally {
                    finished.countDown();
                }
            });
        }
        try {
            finished.await();
        } catch (InterruptedException e) {
            next.set(needed.size());
            Thread.currentThread().interrupt();
        }
    }

    private void prepare(Sprite sprite, int side) {
        try {
            sprites.prepare(sprite, side);
        } catch (IOException e) {
            // Whoever needs this sprite gets the error, as a broken sample with its name.
            return;
        }
    }

    @Override
    public void close() {
        catalog.close();
    }
}
