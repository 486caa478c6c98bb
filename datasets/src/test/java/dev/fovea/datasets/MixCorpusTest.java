package dev.fovea.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.dsl.spec.DataSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MixCorpusTest {
    private static String key(Corpus corpus, long index) throws BrokenSampleException {
        return corpus.outline(Split.TRAIN, index).key();
    }

    /// 5 : 3 : 2 gives 500, 300 and 200 of every thousand. Of 100 neighbours in a random order of a thousand, 50
    /// are expected from the first source, with a standard deviation below that of independent draws, sqrt(25) =
    /// 5.
    @Test
    void everyThousandHasTheSharesInRandomOrder() throws BrokenSampleException {
        List<GridCorpus> sources = List.of(
                new GridCorpus(1_000_000, 1, false), new GridCorpus(1_000_000, 1, false), new GridCorpus(7, 1, false));
        try (Corpus mix = new MixCorpus(sources, List.of(0.5, 0.3, 0.2))) {
            assertThat(mix.describe()).isEqualTo("50.0% from grids; 30.0% from grids; 20.0% from grids");
            for (int block = 0; block < 5; block++) {
                int[] counts = new int[3];
                Set<String> first = new HashSet<>();
                int early = 0;
                for (int i = 0; i < 1000; i++) {
                    String key = key(mix, block * 1000L + i);
                    int source = key.charAt(0) - '1';
                    counts[source]++;
                    if (source == 0) {
                        first.add(key);
                        early += i < 100 ? 1 : 0;
                    }
                }
                assertThat(counts).containsExactly(500, 300, 200);
                assertThat(early).isCloseTo(50, within(25));
                Set<String> expected = new HashSet<>();
                for (int i = 0; i < 500; i++) {
                    expected.add("1/p" + (block * 500 + i)); // without gaps or repeats
                }
                assertThat(first).isEqualTo(expected);
            }
            assertThat(mix.size(Split.TRAIN)).isEqualTo(Long.MAX_VALUE);
            assertThat(mix.size(Split.SEEN)).isZero();
            assertThat(key(mix, 1L << 40)).isEqualTo(key(mix, 1L << 40));
            assertThatThrownBy(() -> mix.outline(Split.SEEN, 0)).isInstanceOf(DataException.class);
        }
    }

    @Test
    void ordersDifferFromBlockToBlock() throws BrokenSampleException {
        List<GridCorpus> two = List.of(new GridCorpus(9, 1, false), new GridCorpus(9, 1, false));
        try (Corpus mix = new MixCorpus(two, List.of(1.0, 1.0))) {
            Set<List<Character>> orders = new HashSet<>();
            for (int block = 0; block < 6; block++) {
                List<Character> order = new ArrayList<>();
                for (int i = 0; i < 1000; i++) {
                    order.add(key(mix, block * 1000L + i).charAt(0));
                }
                orders.add(order);
            }
            assertThat(orders).hasSize(6);
        }
    }

    @Test
    void sharesAreRoundedToAThousandth() throws BrokenSampleException {
        List<GridCorpus> three =
                List.of(new GridCorpus(9, 1, false), new GridCorpus(9, 1, false), new GridCorpus(9, 1, false));
        try (Corpus mix = new MixCorpus(three, List.of(1.0, 1.0, 1.0))) {
            assertThat(mix.describe()).isEqualTo("33.4% from grids; 33.3% from grids; 33.3% from grids");
            assertThat(mix.captions()).hasSize(9).isSorted();
            Example example = mix.example(Split.TRAIN, 77);
            assertThat(example.key()).isEqualTo(key(mix, 77));
        }
        assertThatThrownBy(() -> new MixCorpus(three, List.of(1.0, 1.0, 1e-6)))
                .isInstanceOf(DataException.class)
                .hasMessage("data.train.weights: 1.0E-6 gives source 3 less than a thousandth of the examples");
    }

    @Test
    void aSpecMixesShardsAndResumesExactly(@TempDir Path folder) throws Exception {
        for (String name : List.of("a", "b")) {
            try (Corpus scenes = TestIcons.corpus(TestIcons.scenes(96, name.charAt(0)))) {
                ShardExport.export(
                        scenes, Split.TRAIN, 0, 12, folder.resolve(name), 6, ShardExport.Format.PNG, 2, Progress.NONE);
            }
        }
        DataSpec.ShardMix mix = new DataSpec.ShardMix(
                List.of("a/images-{000000..000001}.tar", "b/images-{000000..000001}.tar"),
                List.of("a/boxes-{000000..000001}.tar", "b/boxes-{000000..000001}.tar"),
                null,
                true,
                4);
        DataSpec data = TestIcons.data(mix, 0.25);
        try (Corpus corpus = Corpora.open(data, folder, folder.resolve("cache"))) {
            List<String> expected = take(corpus, data, 1, 0, 10);
            assertThat(take(corpus, data, 3, 4, 6)).isEqualTo(expected.subList(4, 10));
            assertThat(expected.toString()).contains("key=1/").contains("key=2/");
        }
    }

    private static List<String> take(Corpus corpus, DataSpec data, int workers, long from, int count) {
        List<String> taken = new ArrayList<>();
        try (TrainingBatches batches =
                new TrainingBatches(corpus, TestIcons.words(corpus), data, 6, 32, 7, 3, workers, 0, false)) {
            batches.seek(from);
            for (int i = 0; i < count; i++) {
                taken.add(batches.next().elements().toString());
            }
        }
        return taken;
    }
}
