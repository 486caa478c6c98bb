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
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TrainingBatchesTest {
    private static final int SIZE = 6;
    private static final int SIDE = 41;
    private static final int CONTEXT = 7;

    private final DataSpec data = TestIcons.data(TestIcons.scenes(72, 2), 0.25);
    private final Corpus corpus = TestIcons.corpus(TestIcons.scenes(72, 2));
    private final Tokenizer tokenizer = TestIcons.words(corpus);

    @AfterEach
    void close() {
        corpus.close();
    }

    private TrainingBatches batches(Corpus from, int workers, double maxBadShare) {
        return new TrainingBatches(from, tokenizer, data, SIZE, SIDE, CONTEXT, 17, workers, maxBadShare, false);
    }

    /// Everything in a batch as one text.
    private static String print(Batch batch) {
        List<String> parts = new ArrayList<>();
        for (MemorySegment segment : List.of(batch.pixels(), batch.boxMap(), batch.tokens(), batch.isGlobal())) {
            CRC32 crc = new CRC32();
            crc.update(segment.asByteBuffer());
            parts.add(Long.toHexString(crc.getValue()));
        }
        return batch.step() + " " + parts + " " + batch.elements();
    }

    private static List<String> take(TrainingBatches batches, int count) {
        List<String> taken = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            taken.add(print(batches.next()));
        }
        return taken;
    }

    @Test
    void batchesDependOnSeedAndStepOnly() {
        List<String> expected;
        try (TrainingBatches batches = batches(corpus, 1, 0)) {
            expected = take(batches, 12);
            assertThat(batches.step()).isEqualTo(12);
            assertThat(batches.counters()).isEqualTo(new DataCounters(12 * SIZE, 0, List.of()));
        }
        assertThat(expected).doesNotHaveDuplicates();
        try (TrainingBatches batches = batches(corpus, 4, 0)) {
            assertThat(take(batches, 12)).isEqualTo(expected);
            batches.seek(5);
            assertThat(take(batches, 2)).isEqualTo(expected.subList(5, 7));
            batches.seek(0);
            assertThat(take(batches, 3)).isEqualTo(expected.subList(0, 3));
        }
        try (TrainingBatches batches = batches(corpus, 3, 0)) {
            batches.seek(9);
            assertThat(take(batches, 3)).isEqualTo(expected.subList(9, 12));
        }
    }

    /// A batch released before the next one is asked for must not be released again while it waits to be handed
    /// out.
    @Test
    void releasingEarlyChangesNothing() throws InterruptedException {
        List<String> expected;
        try (TrainingBatches batches = batches(corpus, 2, 0)) {
            expected = take(batches, 12);
        }
        List<String> early = new ArrayList<>();
        try (TrainingBatches batches = batches(corpus, 2, 0)) {
            for (int step = 0; step < 12; step++) {
                Batch batch = batches.next();
                early.add(print(batch));
                batch.release();
                // Long enough for the maker to have filled every buffer, the released one among them.
                Thread.sleep(20);
                batch.release();
            }
        }
        assertThat(early).isEqualTo(expected);
    }

    @Test
    void brokenExamplesAreReplacedAloneAndNamed() {
        LongPredicate broken = index -> index % 7 == 3;
        Corpus flaky = new FlakyCorpus(corpus, broken);
        List<String> sound;
        List<String> patched;
        try (TrainingBatches batches = batches(corpus, 2, 1)) {
            sound = elements(batches, 20);
        }
        try (TrainingBatches batches = batches(flaky, 1, 1)) {
            patched = elements(batches, 20);
            DataCounters counters = batches.counters();
            assertThat(counters.broken()).isGreaterThanOrEqualTo(17);
            assertThat(counters.read()).isEqualTo(20L * SIZE + counters.broken());
            assertThat(counters.firstBroken())
                    .hasSize((int) counters.broken())
                    .contains("flaky: example-3: does not decode", "flaky: example-10: does not decode");
            assertThat(counters.brokenShare()).isBetween(0.1, 0.2);
        }
        for (int i = 0; i < sound.size(); i++) {
            assertThat(patched.get(i).equals(sound.get(i))).as("element %d", i).isEqualTo(!broken.test(i));
        }
        try (TrainingBatches batches = batches(flaky, 4, 1)) {
            assertThat(elements(batches, 20)).isEqualTo(patched);
        }
    }

    private static List<String> elements(TrainingBatches batches, int count) {
        List<String> elements = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            batches.next().elements().forEach(element -> elements.add(element.toString()));
        }
        return elements;
    }

    @Test
    void tooManyBrokenExamplesStopTheRun() {
        Corpus flaky = new FlakyCorpus(corpus, index -> index % 5 == 0);
        try (TrainingBatches batches = batches(flaky, 2, 0.05)) {
            assertThatThrownBy(() -> take(batches, 50))
                    .isInstanceOf(DataException.class)
                    .hasMessageMatching("\\d+ of 1\\d\\d examples are broken, more than run.max_bad_samples = 0.05 "
                            + "allows; the first: flaky: example-0: does not decode");
        }
        try (TrainingBatches batches = batches(new FlakyCorpus(corpus, index -> true), 2, 1)) {
            assertThatThrownBy(batches::next)
                    .isInstanceOf(DataException.class)
                    .hasMessageStartingWith("32 examples drawn one after another are broken, the last: flaky: ");
            assertThatThrownBy(batches::next).isInstanceOf(DataException.class);
        }
    }

    @Test
    void captionsOfABatchDiffer() {
        // 38 concepts for 6 elements: a repeat is never necessary.
        try (TrainingBatches batches = batches(corpus, 2, 0)) {
            for (int step = 0; step < 60; step++) {
                assertThat(batches.next().elements())
                        .as("step %d", step)
                        .extracting(BatchElement::caption)
                        .doesNotHaveDuplicates();
            }
        }
        DataSpec.Scenes three = new DataSpec.Scenes(64, 3, List.of("noto"), 1, 1, 0, "procedural", "", 1);
        try (Corpus few = TestIcons.corpus(three);
                TrainingBatches batches =
                        new TrainingBatches(few, tokenizer, TestIcons.data(three, 0), 8, 32, CONTEXT, 1, 2, 0, false)) {
            Set<String> captions = new HashSet<>();
            batches.next().elements().forEach(element -> captions.add(element.caption()));
            assertThat(captions).hasSize(3);
        }
    }

    @Test
    void tensorsHoldWhatTheElementsSay() {
        int globals = 0;
        try (TrainingBatches batches = batches(corpus, 2, 0)) {
            for (int step = 0; step < 20; step++) {
                Batch batch = batches.next();
                for (int e = 0; e < SIZE; e++) {
                    BatchElement element = batch.elements().get(e);
                    globals += element.global() ? 1 : 0;
                    requireConsistent(batch, e, element);
                }
            }
        }
        assertThat(globals).isBetween(15, 50);
    }

    private void requireConsistent(Batch batch, int e, BatchElement element) {
        assertThat(batch.isGlobal().getAtIndex(ValueLayout.JAVA_FLOAT, e)).isEqualTo(element.global() ? 1f : 0f);
        int[] tokens = new int[CONTEXT];
        MemorySegment.copy(batch.tokens(), ValueLayout.JAVA_INT, 4L * e * CONTEXT, tokens, 0, CONTEXT);
        assertThat(tokens).isEqualTo(tokenizer.encode(element.caption(), CONTEXT));
        Box box = element.box();
        float[] expected = new float[SIDE * SIDE];
        for (int y = (int) Math.floor(box.y0()); y <= Math.min(SIDE - 1, Math.ceil(box.y1())); y++) {
            int to = (int) Math.min(SIDE - 1, Math.ceil(box.x1()));
            Arrays.fill(expected, y * SIDE + (int) Math.floor(box.x0()), y * SIDE + to + 1, 1f);
        }
        assertThat(floats(batch.boxMap(), e * SIDE * SIDE, SIDE * SIDE)).isEqualTo(expected);
        assertThat(box.area()).isPositive();
        for (float value : floats(batch.pixels(), e * 3 * SIDE * SIDE, 3 * SIDE * SIDE)) {
            assertThat(value).isBetween(-1f, 1f);
        }
    }

    private static float[] floats(MemorySegment segment, int from, int count) {
        float[] values = new float[count];
        MemorySegment.copy(segment, ValueLayout.JAVA_FLOAT, 4L * from, values, 0, count);
        return values;
    }

    @Test
    void pixelsAreNormalisedAndExactWithoutACrop() throws BrokenSampleException {
        DataSpec plain = new DataSpec(
                data.train(),
                new DataSpec.Captions(0, false, 2),
                new DataSpec.Preprocess(0.4, 0.25, List.of(1.0, 1.0), List.of(1.0, 1.0)),
                data.tokenizer());
        try (TrainingBatches batches = new TrainingBatches(corpus, tokenizer, plain, 2, 72, CONTEXT, 1, 1, 0, false)) {
            batches.seek(3);
            Batch batch = batches.next();
            Example example = corpus.example(Split.TRAIN, 3 * 2 + 1);
            BatchElement element = batch.elements().get(1);
            assertThat(element.key()).isEqualTo(example.key());
            assertThat(element.boxes()).hasSize(2);
            assertThat(example.regions()).extracting(Region::box).containsAll(element.boxes());
            float[] pixels = floats(batch.pixels(), 3 * 72 * 72, 3 * 72 * 72);
            for (int i = 0; i < 72 * 72; i++) {
                for (int c = 0; c < 3; c++) {
                    double expected = ((example.picture().rgb()[3 * i + c] & 255) / 255.0 - 0.4) / 0.25;
                    assertThat((double) pixels[c * 72 * 72 + i]).isCloseTo(expected, within(1e-6));
                }
            }
        }
    }

    @Test
    void chosenBoxesStayInSight() {
        DataSpec harsh = new DataSpec(
                data.train(),
                new DataSpec.Captions(0, false, 1),
                new DataSpec.Preprocess(0.5, 0.5, List.of(0.2, 0.4), List.of(0.75, 4.0 / 3)),
                data.tokenizer());
        try (TrainingBatches batches =
                new TrainingBatches(corpus, tokenizer, harsh, SIZE, SIDE, CONTEXT, 1, 2, 0, false)) {
            for (int step = 0; step < 30; step++) {
                for (BatchElement element : batches.next().elements()) {
                    assertThat(Math.min(element.box().width(), element.box().height()))
                            .as("step %d %s", step, element)
                            .isGreaterThan(1);
                }
            }
        }
    }

    @Test
    void closedBatchesRefuse() {
        TrainingBatches batches = batches(corpus, 2, 0);
        Batch batch = batches.next();
        batch.release();
        batch.release();
        assertThatThrownBy(() -> batches.seek(-1)).isInstanceOf(IllegalArgumentException.class);
        batches.close();
        batches.close();
        assertThatThrownBy(batches::next).isInstanceOf(IllegalStateException.class);
    }
}
