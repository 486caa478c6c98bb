package dev.fovea.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.dsl.spec.DataSpec;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EvaluationBatchesTest {
    private static final int SIDE = 72;
    private static final int CONTEXT = 6;

    private final DataSpec data = TestIcons.data(TestIcons.scenes(SIDE, 2), 0.25);

    @ParameterizedTest
    @EnumSource(names = {"SEEN", "NEW_STYLE", "NEW_CONCEPT"})
    void galleriesHoldDifferentCaptions(Split split) throws BrokenSampleException {
        try (Corpus corpus = TestIcons.corpus(TestIcons.scenes(SIDE, 2));
                EvaluationBatches batches = open(corpus, split, 7, 20, 8)) {
            assertThat(batches.gallery()).isEqualTo(8);
            assertThat(batches.size()).isPositive();
            assertThat(batches.size() % 8).isZero();
            List<BatchElement> elements = new ArrayList<>();
            for (int i = 0; i < batches.batches(); i++) {
                Batch batch = batches.batch(i);
                elements.addAll(batch.elements().subList(0, batches.valid(i)));
                requirePadding(batch, batches.valid(i));
                batch.release();
            }
            assertThat(elements).hasSize(batches.size()).doesNotHaveDuplicates();
            for (int start = 0; start < elements.size(); start += 8) {
                assertThat(elements.subList(start, start + 8))
                        .extracting(BatchElement::caption)
                        .doesNotHaveDuplicates();
            }
            for (int i = 0; i < elements.size(); i++) {
                BatchElement element = elements.get(i);
                assertThat(element.caption()).isEqualTo(batches.caption(i));
                long scene =
                        Long.parseLong(element.key().substring(element.key().lastIndexOf('-') + 1));
                Region region = find(corpus.example(split, scene), element);
                assertThat(region.tier()).isEqualTo(batches.tier(i));
                assertThat(region.box()).isEqualTo(element.box());
            }
        }
    }

    private static Region find(Example example, BatchElement element) {
        return example.regions().stream()
                .filter(region -> region.caption().equals(element.caption()))
                .findFirst()
                .orElseThrow();
    }

    private static void requirePadding(Batch batch, int valid) {
        int plane = 3 * SIDE * SIDE;
        for (int e = valid; e < batch.size(); e++) {
            assertThat(batch.elements().get(e)).isEqualTo(batch.elements().get(valid - 1));
            for (int i = 0; i < plane; i += 101) {
                assertThat(batch.pixels().getAtIndex(ValueLayout.JAVA_FLOAT, (long) e * plane + i))
                        .isEqualTo(batch.pixels().getAtIndex(ValueLayout.JAVA_FLOAT, (long) (valid - 1) * plane + i));
            }
        }
    }

    private EvaluationBatches open(Corpus corpus, Split split, int batchSize, int scenes, int gallery) {
        Tokenizer tokenizer = TestIcons.words(corpus);
        return new EvaluationBatches(corpus, split, tokenizer, data, batchSize, SIDE, CONTEXT, scenes, gallery);
    }

    @Test
    void aGalleryIsNoLargerThanItsCaptions() {
        try (Corpus corpus = TestIcons.corpus(TestIcons.scenes(SIDE, 2));
                EvaluationBatches batches = open(corpus, Split.NEW_CONCEPT, 4, 30, 1000)) {
            assertThat(batches.gallery()).isEqualTo(10);
            assertThat(batches.size()).isGreaterThanOrEqualTo(100);
        }
    }

    @Test
    void theSameEveryTime() {
        try (Corpus corpus = TestIcons.corpus(TestIcons.scenes(SIDE, 2));
                EvaluationBatches one = open(corpus, Split.SEEN, 5, 10, 6);
                EvaluationBatches two = open(corpus, Split.SEEN, 5, 10, 6)) {
            Batch first = one.batch(2);
            Batch again = two.batch(2);
            assertThat(again.elements()).isEqualTo(first.elements());
            assertThat(again.pixels().mismatch(first.pixels())).isEqualTo(-1);
            assertThat(again.boxMap().mismatch(first.boxMap())).isEqualTo(-1);
            assertThat(again.tokens().mismatch(first.tokens())).isEqualTo(-1);
            assertThatThrownBy(() -> one.batch(one.batches())).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void crowdedScenesGiveSixteenRegionsFromAllTiers() {
        DataSpec.Scenes crowded = new DataSpec.Scenes(500, 0, List.of("noto"), 8, 10, 12, "procedural", "", 1);
        try (Corpus corpus = TestIcons.corpus(crowded);
                EvaluationBatches batches = open(corpus, Split.SEEN, 4, 1, 16)) {
            assertThat(batches.size()).isEqualTo(EvaluationBatches.REGIONS_PER_SCENE);
            HashSet<Tier> tiers = new HashSet<>();
            for (int i = 0; i < batches.size(); i++) {
                tiers.add(batches.tier(i));
            }
            assertThat(tiers).containsExactlyInAnyOrderElementsOf(Arrays.asList(Tier.values()));
        }
    }

    @Test
    void noScenesMeansNoBatches() {
        try (Corpus corpus = TestIcons.corpus(TestIcons.scenes(SIDE, 2));
                EvaluationBatches batches = open(corpus, Split.SEEN, 5, 0, 6)) {
            assertThat(batches.size()).isZero();
            assertThat(batches.batches()).isZero();
        }
    }
}
