package dev.fovea.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.dsl.spec.DataSpec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/// Several boxes an element, several elements a picture, and maps of all boxes.
class DataSwitchesTest {
    private static final int SIDE = 40;

    private static DataSpec data(double globalProb, boolean masking, int boxes, int elements, boolean crops) {
        return new DataSpec(
                TestIcons.scenes(72, 2),
                new DataSpec.Captions(globalProb, masking, boxes, elements),
                new DataSpec.Preprocess(0.5, 0.5, List.of(crops ? 0.3 : 1.0, 1.0), List.of(1.0, 1.0)),
                new DataSpec.Words());
    }

    private static TrainingBatches batches(Corpus corpus, DataSpec data, int size, int workers, boolean allBoxes) {
        return new TrainingBatches(corpus, TestIcons.words(corpus), data, size, SIDE, 9, 23, workers, 1, allBoxes);
    }

    private static float[] map(MemorySegment maps, int element) {
        float[] map = new float[SIDE * SIDE];
        MemorySegment.copy(maps, ValueLayout.JAVA_FLOAT, 4L * element * map.length, map, 0, map.length);
        return map;
    }

    private static float[] union(List<Box> boxes) {
        float[] map = new float[SIDE * SIDE];
        for (Box box : boxes) {
            for (int y = (int) Math.floor(box.y0()); y <= Math.min(SIDE - 1, Math.ceil(box.y1())); y++) {
                int to = (int) Math.min(SIDE - 1, Math.ceil(box.x1()));
                Arrays.fill(map, y * SIDE + (int) Math.floor(box.x0()), y * SIDE + to + 1, 1);
            }
        }
        return map;
    }

    /// Two of four boxes make six pairs. Of 1200 draws each is expected 200 times with a standard deviation of
    /// sqrt(1200 * 1/6 * 5/6) = 13; five of them are allowed. The same holds for the two sentences kept of four.
    @Test
    void severalBoxesAreDrawnWithoutReplacementAndTheirSentencesPooled() {
        Map<Set<String>, Integer> pairs = new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
        Map<String, Integer> kept = new TreeMap<>();
        try (Corpus corpus = new GridCorpus(1200, 4, false);
                TrainingBatches batches = batches(corpus, data(0, true, 2, 1, false), 12, 2, false)) {
            for (int step = 0; step < 100; step++) {
                Batch batch = batches.next();
                for (int e = 0; e < 12; e++) {
                    BatchElement element = batch.elements().get(e);
                    assertThat(element.boxes()).hasSize(2).doesNotHaveDuplicates();
                    assertThat(map(batch.boxMap(), e)).isEqualTo(union(element.boxes()));
                    List<String> pooled = new ArrayList<>();
                    for (Box box : element.boxes()) {
                        int region = (int) (box.x0() / 10 + 4 * Math.floor(box.y0() / 10));
                        String caption = GridCorpus.caption(step * 12L + e, region);
                        pooled.addAll(List.of(caption.split(" ")));
                    }
                    List<String> sentences = List.of(element.caption().split(" "));
                    assertThat(sentences).hasSize(2);
                    assertThat(pooled).containsSubsequence(sentences);
                    kept.merge(
                            pooled.indexOf(sentences.get(0)) + "" + pooled.indexOf(sentences.get(1)), 1, Integer::sum);
                    pairs.merge(Set.copyOf(names(element)), 1, Integer::sum);
                }
            }
        }
        assertEven(pairs);
        assertEven(kept);
    }

    private static Set<String> names(BatchElement element) {
        Set<String> names = new TreeSet<>();
        element.boxes().forEach(box -> names.add(box.x0() + "," + box.y0()));
        return names;
    }

    private static void assertEven(Map<?, Integer> counts) {
        assertThat(counts).hasSize(6);
        counts.forEach((what, count) -> assertThat(count).as("%s", what).isCloseTo(200, within(65)));
    }

    @Test
    void moreBoxesThanThereAreMeansAll() {
        try (Corpus corpus = new GridCorpus(40, 3, false);
                TrainingBatches batches = batches(corpus, data(0, true, 9, 1, true), 4, 2, false)) {
            for (BatchElement element : batches.next().elements()) {
                assertThat(element.boxes()).hasSize(3);
                assertThat(element.caption().split(" ")).hasSize(2);
            }
        }
    }

    @Test
    void neighboursShareAPictureAndNoBox() {
        try (Corpus corpus = new GridCorpus(1000, 6, true);
                TrainingBatches batches = batches(corpus, data(0.4, false, 2, 3, false), 12, 2, false)) {
            int wholes = 0;
            for (int step = 0; step < 50; step++) {
                List<BatchElement> elements = batches.next().elements();
                for (int group = 0; group < 4; group++) {
                    List<BatchElement> neighbours = elements.subList(3 * group, 3 * group + 3);
                    String key = "p" + (step * 4 + group);
                    assertThat(neighbours).extracting(BatchElement::key).containsOnly(key);
                    Set<Box> boxes = new HashSet<>();
                    int expected = 0;
                    for (BatchElement element : neighbours) {
                        boxes.addAll(element.boxes());
                        expected += element.global() ? 1 : 2;
                        wholes += element.global() ? 1 : 0;
                    }
                    assertThat(boxes).hasSize(expected);
                    assertThat(neighbours.stream().filter(BatchElement::global)).hasSizeLessThan(2);
                }
            }
            // One of three draws or more is global with probability 1 - 0.6^3 = 0.784: 157 of 200 pictures, and
            // sqrt(200 * 0.784 * 0.216) = 5.8.
            assertThat(wholes).isCloseTo(157, within(29));
        }
    }

    @Test
    void oneElementAPictureNeverContrastsPartsOfOne() {
        try (Corpus corpus = new GridCorpus(1000, 6, false);
                TrainingBatches batches = batches(corpus, data(0, true, 1, 1, false), 12, 2, false)) {
            for (int step = 0; step < 40; step++) {
                assertThat(batches.next().elements())
                        .extracting(BatchElement::key)
                        .doesNotHaveDuplicates();
            }
        }
    }

    @Test
    void picturesWithoutEnoughBoxesAreFollowedByOthers() {
        try (Corpus corpus = new GridCorpus(1000, 2, false);
                TrainingBatches batches = batches(corpus, data(0, true, 1, 3, false), 9, 2, false)) {
            for (int step = 0; step < 30; step++) {
                List<BatchElement> elements = batches.next().elements();
                for (int group = 0; group < 3; group++) {
                    String key = "p" + (step * 3 + group);
                    assertThat(elements.subList(3 * group, 3 * group + 2))
                            .extracting(BatchElement::key)
                            .containsOnly(key);
                    assertThat(elements.get(3 * group + 2).key()).isNotEqualTo(key);
                }
            }
        }
        try (Corpus corpus = new GridCorpus(1, 1, false);
                TrainingBatches batches = batches(corpus, data(0, false, 1, 2, false), 4, 2, false)) {
            assertThat(batches.next().elements()).as("nothing is left: repeats").hasSize(4);
        }
    }

    @Test
    void groupsResumeExactly() {
        Corpus flaky = new FlakyCorpus(new GridCorpus(500, 5, true), index -> index % 5 == 2);
        DataSpec data = data(0.3, true, 2, 3, true);
        List<String> expected;
        try (TrainingBatches batches = batches(flaky, data, 12, 1, true)) {
            expected = take(batches, 14);
            assertThat(batches.counters().broken()).isGreaterThan(14);
        }
        assertThat(expected).doesNotHaveDuplicates();
        try (TrainingBatches batches = batches(flaky, data, 12, 4, true)) {
            batches.seek(6);
            assertThat(take(batches, 8)).isEqualTo(expected.subList(6, 14));
            batches.seek(0);
            assertThat(take(batches, 3)).isEqualTo(expected.subList(0, 3));
        }
    }

    /// The three elements of a broken picture move on to one and the same other picture.
    @Test
    void neighboursOfABrokenPictureStayTogether() {
        Corpus flaky = new FlakyCorpus(new GridCorpus(500, 6, false), index -> index == 5);
        try (TrainingBatches batches = batches(flaky, data(0, false, 1, 3, false), 12, 2, false)) {
            batches.next();
            List<BatchElement> elements = batches.next().elements();
            assertThat(elements.subList(3, 6)).extracting(BatchElement::key).doesNotContain("p5");
            assertThat(elements.subList(3, 6).stream().map(BatchElement::key).distinct())
                    .hasSize(1);
            assertThat(batches.counters().broken()).isEqualTo(3);
        }
    }

    private static List<String> take(TrainingBatches batches, int count) {
        List<String> taken = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Batch batch = batches.next();
            CRC32 crc = new CRC32();
            for (MemorySegment part : List.of(batch.pixels(), batch.boxMap(), batch.allBoxes(), batch.tokens())) {
                crc.update(part.asByteBuffer());
            }
            taken.add(batch.step() + " " + crc.getValue() + " " + batch.elements());
        }
        return taken;
    }

    @Test
    void mapsOfAllBoxesCoverWhatIsLeftInTheCrop() {
        List<Box> all = new ArrayList<>();
        for (int region = 0; region < 7; region++) {
            Box box = GridCorpus.box(region);
            all.add(new Box(2 * box.x0(), 2 * box.y0(), 2 * box.x1(), 2 * box.y1()));
        }
        try (Corpus corpus = new GridCorpus(100, 7, true);
                TrainingBatches batches = batches(corpus, data(0.5, true, 1, 1, false), 6, 2, true)) {
            Batch batch = batches.next();
            for (int e = 0; e < 6; e++) {
                assertThat(map(batch.allBoxes(), e)).isEqualTo(union(all));
            }
        }
        int more = 0;
        try (Corpus corpus = new GridCorpus(100, 7, false);
                TrainingBatches batches = batches(corpus, data(0, true, 1, 1, true), 6, 2, true)) {
            for (int step = 0; step < 10; step++) {
                Batch batch = batches.next();
                for (int e = 0; e < 6; e++) {
                    float[] sampled = map(batch.boxMap(), e), every = map(batch.allBoxes(), e);
                    int extra = 0;
                    for (int i = 0; i < every.length; i++) {
                        assertThat(every[i]).isGreaterThanOrEqualTo(sampled[i]);
                        extra += every[i] > sampled[i] ? 1 : 0;
                    }
                    more += extra > 0 ? 1 : 0;
                    assertThat(extra).isLessThan(every.length);
                }
            }
        }
        assertThat(more).isGreaterThan(50);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        try (Corpus corpus = new GridCorpus(10, 4, false)) {
            assertThatThrownBy(() -> batches(corpus, data(0, true, 1, 3, false), 8, 1, false))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("3 elements a picture do not divide a batch of 8");
            try (TrainingBatches batches = batches(corpus, data(0, true, 1, 1, false), 2, 1, false)) {
                Batch batch = batches.next();
                assertThat(batch.hasAllBoxes()).isFalse();
                assertThatThrownBy(batch::allBoxes).isInstanceOf(IllegalStateException.class);
            }
        }
    }
}
