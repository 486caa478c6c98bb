package dev.fovea.datasets.shards;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShardOrderTest {
    @Test
    void onePassWithoutResamplingReadsEverythingOnce() {
        int[] sizes = {3, 1, 7, 2};
        for (int shuffle : new int[] {0, 1, 4, 5, 100}) {
            ShardOrder order = new ShardOrder(sizes, false, shuffle);
            for (int pass = 0; pass < 3; pass++) {
                int start = pass * 13;
                assertThat(IntStream.range(start, start + 13)
                                .mapToObj(order::at)
                                .distinct()
                                .count())
                        .as("shuffle %d pass %d", shuffle, pass)
                        .isEqualTo(13);
            }
        }
        ShardOrder plain = new ShardOrder(sizes, false, 0);
        assertThat(IntStream.range(0, 13).mapToObj(plain::at).toList())
                .isSortedAccordingTo(
                        Comparator.comparingInt(ShardOrder.Place::shard).thenComparingInt(ShardOrder.Place::item));
        ShardOrder shuffled = new ShardOrder(sizes, false, 100);
        assertThat(IntStream.range(0, 13).mapToObj(shuffled::at).toList())
                .isNotEqualTo(IntStream.range(13, 26).mapToObj(shuffled::at).toList());
    }

    @Test
    void resamplingDrawsShardsEvenlyAndTheirItemsWithoutRepeat() {
        int[] sizes = {10, 10, 10, 10};
        ShardOrder order = new ShardOrder(sizes, true, 0);
        int[] counts = new int[4];
        for (int draw = 0; draw < 1000; draw++) {
            int start = draw * 10;
            var places = IntStream.range(start, start + 10).mapToObj(order::at).toList();
            assertThat(places).as("draw %d", draw).doesNotHaveDuplicates();
            assertThat(places.stream().map(ShardOrder.Place::shard).distinct().count())
                    .isEqualTo(1);
            counts[places.getFirst().shard()]++;
        }
        assertThat(counts)
                .satisfies(c -> IntStream.of(c).forEach(n -> assertThat(n).isBetween(200, 300)));
        ShardOrder shuffled = new ShardOrder(sizes, true, 64);
        var block = IntStream.range(64, 128).mapToObj(shuffled::at).toList();
        assertThat(block)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(64, 128).mapToObj(order::at).toList());
        assertThat(block)
                .isNotEqualTo(IntStream.range(64, 128).mapToObj(order::at).toList());
        assertThat(new ShardOrder(new int[] {3, 9}, true, 7).at(1L << 50)).isNotNull();
    }
}
