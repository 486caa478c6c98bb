package dev.fovea.datasets.scenes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.datasets.Box;
import dev.fovea.datasets.BrokenSampleException;
import dev.fovea.datasets.Corpus;
import dev.fovea.datasets.DataException;
import dev.fovea.datasets.Example;
import dev.fovea.datasets.Outline;
import dev.fovea.datasets.Progress;
import dev.fovea.datasets.Region;
import dev.fovea.datasets.Seeds;
import dev.fovea.datasets.Split;
import dev.fovea.datasets.TestIcons;
import dev.fovea.datasets.Tier;
import dev.fovea.datasets.sprites.SpriteCatalog;
import dev.fovea.datasets.sprites.SpriteStore;
import dev.fovea.dsl.spec.DataSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScenesCorpusTest {
    @ParameterizedTest
    @ValueSource(ints = {61, 256, 509})
    void boxesLieInsideWithoutOverlapAndInTheirTier(int size) throws BrokenSampleException {
        TierSizes sizes = TierSizes.of(size);
        for (long seed = 0; seed < 12; seed++) {
            try (Corpus corpus = TestIcons.corpus(TestIcons.scenes(size, seed))) {
                for (Split split : Split.values()) {
                    Example example = corpus.example(split, seed * 31);
                    String where = "size " + size + " seed " + seed + " " + split;
                    assertThat(example.regions()).as(where).isNotEmpty();
                    for (Region region : example.regions()) {
                        Box box = region.box();
                        assertThat(box.intersect(Box.whole(size, size)))
                                .as(where)
                                .isEqualTo(box);
                        assertThat((int) Math.max(box.width(), box.height()))
                                .as(where)
                                .isIn(sizes.of(region.tier()));
                    }
                    requireApart(example.regions(), where);
                }
            }
        }
    }

    private static void requireApart(List<Region> regions, String where) {
        for (int i = 0; i < regions.size(); i++) {
            for (int j = 0; j < i; j++) {
                Box overlap = regions.get(i).box().intersect(regions.get(j).box());
                assertThat(overlap.area())
                        .as("%s: boxes %d and %d", where, i, j)
                        .isZero();
            }
        }
    }

    /// On black and on white the same sprite gives its alpha: 255 - (white - black). Boxes must be exactly its
    /// extent.
    @Test
    void boxesAreTheExtentOfVisibleAlpha() throws IOException {
        int side = 256;
        for (long seed = 0; seed < 25; seed++) {
            DataSpec.Scenes spec = TestIcons.scenes(side, seed);
            try (SpriteCatalog catalog = SpriteCatalog.open(new TestIcons(), TestIcons.CACHE, Progress.NONE)) {
                SceneSplits splits = SceneSplits.of(catalog.concepts(), new TestIcons().sets(), spec);
                SpriteStore store = new SpriteStore(catalog, TestIcons.CACHE, 8 << 20);
                Layout layout = new LayoutPlanner(spec, splits).layout(Split.TRAIN, seed);
                Composer.Scene black = new Composer(store, flat(0), side).compose(layout, false);
                Composer.Scene white = new Composer(store, flat(255), side).compose(layout, false);
                int[] alpha = IntStream.range(0, side * side)
                        .map(i -> 255
                                - (white.picture().rgb()[3 * i] & 255)
                                + (black.picture().rgb()[3 * i] & 255))
                        .toArray();
                for (Region region : black.regions()) {
                    assertThat(extent(alpha, side, region.box()))
                            .as("seed %d %s", seed, region)
                            .isEqualTo(region.box());
                }
                requireNothingElse(alpha, side, black.regions(), seed);
            }
        }
    }

    private static Background flat(int shade) {
        return (seed, side, heldOut) -> {
            byte[] rgb = new byte[side * side * 3];
            Arrays.fill(rgb, (byte) shade);
            return rgb;
        };
    }

    /// The extent of alpha >= 16 within two pixels around a box.
    private static Box extent(int[] alpha, int side, Box box) {
        int left = side;
        int top = side;
        int right = 0;
        int bottom = 0;
        for (int y = Math.max(0, (int) box.y0() - 2); y < Math.min(side, box.y1() + 2); y++) {
            for (int x = Math.max(0, (int) box.x0() - 2); x < Math.min(side, box.x1() + 2); x++) {
                // Two roundings may take one level of alpha each.
                if (alpha[y * side + x] >= 15) {
                    left = Math.min(left, x);
                    right = Math.max(right, x + 1);
                    top = Math.min(top, y);
                    bottom = Math.max(bottom, y + 1);
                }
            }
        }
        return new Box(left, top, right, bottom);
    }

    private static void requireNothingElse(int[] alpha, int side, List<Region> regions, long seed) {
        int[] rest = alpha.clone();
        for (Region region : regions) {
            Box box = region.box();
            for (int y = (int) box.y0(); y < box.y1(); y++) {
                Arrays.fill(rest, y * side + (int) box.x0(), y * side + (int) box.x1(), 0);
            }
        }
        assertThat(Arrays.stream(rest).max().orElseThrow())
                .as("alpha outside boxes, seed %d", seed)
                .isZero();
    }

    @Test
    void splitsShareNoSceneAndHoldOutConceptsAndStyles() throws BrokenSampleException {
        Set<String> trained = new HashSet<>();
        Set<String> unseen = new HashSet<>();
        try (Corpus corpus = TestIcons.corpus(TestIcons.scenes(128, 3))) {
            for (Split split : Split.values()) {
                for (long index = 0; index < 40; index++) {
                    for (Region region : corpus.example(split, index).regions()) {
                        boolean heldOut = SceneSplits.isHeldOut(region.concept());
                        assertThat(heldOut).as("%s %s", split, region).isEqualTo(split == Split.NEW_CONCEPT);
                        boolean newStyle = region.style().equals("fluent-emoji-flat");
                        assertThat(newStyle).as("%s %s", split, region).isEqualTo(split == Split.NEW_STYLE);
                        (heldOut ? unseen : trained).add(region.caption());
                    }
                }
            }
            assertThat(trained).doesNotContainAnyElementsOf(unseen);
            assertThat(corpus.captions()).isSorted().doesNotHaveDuplicates().containsAll(trained);
            assertThat(corpus.captions()).doesNotContainAnyElementsOf(unseen);
            assertThat(unseen).hasSizeGreaterThan(5);
        }
    }

    @Test
    void anExampleDependsOnNothingButSeedSplitAndIndex() {
        DataSpec.Scenes spec = TestIcons.scenes(120, 9);
        List<Integer> forward;
        try (Corpus corpus = TestIcons.corpus(spec)) {
            forward = IntStream.range(0, 48).mapToObj(i -> hash(corpus, i)).toList();
        }
        try (Corpus corpus = TestIcons.corpus(spec)) {
            List<Integer> backward =
                    IntStream.range(0, 48).mapToObj(i -> hash(corpus, 47 - i)).toList();
            assertThat(backward.reversed()).isEqualTo(forward);
            assertThat(IntStream.range(0, 48)
                            .parallel()
                            .mapToObj(i -> hash(corpus, i))
                            .toList())
                    .isEqualTo(forward);
        }
        assertThat(forward).doesNotHaveDuplicates();
        try (Corpus other = TestIcons.corpus(TestIcons.scenes(120, 10))) {
            assertThat(hash(other, 0)).isNotEqualTo(forward.getFirst());
        }
    }

    private static int hash(Corpus corpus, int i) {
        try {
            Example example = corpus.example(List.of(Split.values()).get(i % 4), i / 4);
            return 31 * Arrays.hashCode(example.picture().rgb())
                    + example.regions().hashCode();
        } catch (BrokenSampleException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void outlinesSayWhatTheExampleHolds(Split split) throws BrokenSampleException {
        try (Corpus corpus = TestIcons.corpus(TestIcons.scenes(200, 4))) {
            assertThat(corpus.supports(split)).isTrue();
            assertThat(corpus.size(split)).isEqualTo(Long.MAX_VALUE);
            for (long index : new long[] {0, 1, 77, 1L << 41}) {
                Example example = corpus.example(split, index);
                Outline outline = corpus.outline(split, index);
                assertThat(outline.key()).isEqualTo(example.key());
                assertThat(outline.captions())
                        .isEqualTo(
                                example.regions().stream().map(Region::caption).toList())
                        .doesNotHaveDuplicates();
                assertThat(outline.tiers())
                        .isEqualTo(example.regions().stream().map(Region::tier).toList());
                assertThat(outline.globalCaption()).isEqualTo(example.globalCaption());
                assertThat(Set.of(String.valueOf(example.globalCaption()).split(", ")))
                        .isEqualTo(example.regions().stream()
                                .filter(region -> region.tier() == Tier.LARGE)
                                .map(Region::caption)
                                .collect(Collectors.toSet()));
            }
        }
    }

    @Test
    void takesAsManyConceptsAsAsked() {
        DataSpec.Scenes some = new DataSpec.Scenes(64, 12, List.of("noto"), 1, 0, 0, "procedural", "", 1);
        try (Corpus corpus = TestIcons.corpus(some);
                Corpus all = TestIcons.corpus(TestIcons.scenes(64, 1))) {
            assertThat(corpus.captions()).hasSize(12);
            assertThat(all.captions()).containsAll(corpus.captions());
            assertThat(corpus.describe())
                    .isEqualTo(
                            "scenes of 64 px, 1 objects each; 12 concepts in 1 styles, 3 unseen concepts, 2 held-out styles");
        }
    }

    @Test
    void aSceneHasNoMoreObjectsThanConcepts() throws BrokenSampleException {
        DataSpec.Scenes few = new DataSpec.Scenes(256, 4, List.of("noto"), 3, 3, 3, "procedural", "", 1);
        try (Corpus corpus = TestIcons.corpus(few)) {
            assertThat(corpus.example(Split.TRAIN, 0).regions())
                    .extracting(Region::tier)
                    .containsExactly(Tier.LARGE, Tier.LARGE, Tier.MEDIUM, Tier.SMALL);
        }
    }

    @Test
    void designsAreHeldOutAsAWhole() {
        DataSpec.Scenes every = new DataSpec.Scenes(
                64, 0, List.of("noto", "noto-v1", "fluent-emoji-flat"), 1, 0, 0, "procedural", "", 1);
        try (Corpus corpus = TestIcons.corpus(every)) {
            assertThat(corpus.supports(Split.NEW_STYLE)).isFalse();
            assertThat(corpus.size(Split.NEW_STYLE)).isZero();
            assertThatThrownBy(() -> corpus.example(Split.NEW_STYLE, 0)).isInstanceOf(DataException.class);
        }
    }

    @Test
    void specsThatCannotBeMetAreOneClearLine() {
        DataSpec.Scenes good = TestIcons.scenes(64, 1);
        requireMessage(
                new DataSpec.Scenes(64, 0, List.of("nato"), 1, 1, 1, "procedural", "", 1),
                "data.train.styles: nato is not a style; there are: noto, noto-v1, fluent-emoji-flat");
        requireMessage(
                new DataSpec.Scenes(64, 999, good.styles(), 1, 1, 1, "procedural", "", 1),
                "data.train.concepts: the styles draw 38 concepts that are not held out, not 999");
        requireMessage(
                new DataSpec.Scenes(9000, 0, good.styles(), 1, 1, 1, "procedural", "", 1),
                "data.train.size: a scene has 32 to 3780 px, not 9000");
        requireMessage(
                new DataSpec.Scenes(64, 0, good.styles(), 0, 0, 0, "procedural", "", 1),
                "data.train: a scene needs at least one object in large, medium or small");
        requireMessage(
                new DataSpec.Scenes(64, 0, good.styles(), 1, 0, 0, "photos", "", 1),
                "data.train.backgrounds: photos is unknown; there are: procedural, pictures");
        requireMessage(
                new DataSpec.Scenes(64, 0, good.styles(), 1, 0, 0, "pictures", "no-such-folder", 1),
                "data.train.pictures: there is no folder " + Path.of(".").resolve("no-such-folder"));
        requireMessage(
                new DataSpec.Scenes(64, 0, List.of(), 1, 0, 0, "procedural", "", 1),
                "data.train.styles: name at least");
    }

    private static void requireMessage(DataSpec.Scenes spec, String start) {
        assertThatThrownBy(() -> TestIcons.corpus(spec))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith(start);
    }

    @Test
    void preparingDrawsEverySpriteOnce() {
        try (Corpus corpus = TestIcons.corpus(TestIcons.scenes(64, 1))) {
            AtomicInteger last = new AtomicInteger();
            AtomicInteger calls = new AtomicInteger();
            corpus.prepare(
                    (what, done, total) -> {
                        calls.incrementAndGet();
                        last.set((int) total);
                    },
                    3);
            assertThat(calls.get()).isEqualTo(last.get()).isGreaterThan(100);
        }
    }

    @Test
    void backgroundsAreVariedAndDeterministic() {
        ProceduralBackground background = new ProceduralBackground();
        Set<Integer> means = new HashSet<>();
        for (long seed = 0; seed < 60; seed++) {
            byte[] rgb = background.draw(seed, 47, false);
            assertThat(rgb).as("seed %d", seed).hasSize(47 * 47 * 3).isEqualTo(background.draw(seed, 47, true));
            means.add((int) IntStream.range(0, rgb.length)
                            .map(i -> rgb[i] & 255)
                            .average()
                            .orElseThrow()
                    / 8);
            assertThat(IntStream.range(0, rgb.length)
                            .map(i -> rgb[i] & 255)
                            .distinct()
                            .count())
                    .as("seed %d is not flat", seed)
                    .isGreaterThan(3);
        }
        assertThat(means).hasSizeGreaterThan(10);
        assertThat(Seeds.mix(1, 2)).isNotEqualTo(Seeds.mix(2, 1));
    }
}
