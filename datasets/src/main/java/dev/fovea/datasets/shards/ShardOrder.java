package dev.fovea.datasets.shards;

import dev.fovea.datasets.Permutation;
import dev.fovea.datasets.Seeds;
import java.util.Arrays;

/// Which example of which shard stands at a position of the stream: a pure function, so that a stream can start
/// anywhere.
///
/// With resampling, shards are drawn with replacement and each drawn shard gives as many distinct examples as an
/// average shard holds. Without, every example comes once a pass. In both, blocks of `shuffle` positions are
/// permuted, which stands for the reference's shuffle buffer.
final class ShardOrder {
    private static final long SEED = 0x70733373;
    private static final int BLOCK = 1;
    private static final int DRAW = 2;
    private static final int ITEM = 3;

    private final int[] sizes;
    private final long[] starts;
    private final boolean resample;
    private final int shuffle;
    private final int average;

    /// @param sizes examples in each shard, each at least 1
    /// @param shuffle block length; 0 or 1 for the plain order
    ShardOrder(int[] sizes, boolean resample, int shuffle) {
        this.sizes = sizes.clone();
        this.resample = resample;
        this.shuffle = Math.max(1, shuffle);
        this.starts = new long[sizes.length + 1];
        for (int i = 0; i < sizes.length; i++) {
            starts[i + 1] = starts[i] + sizes[i];
        }
        this.average = (int) Math.max(1, Math.round((double) total() / sizes.length));
    }

    /// An example's place.
    record Place(int shard, int item) {}

    long total() {
        return starts[sizes.length];
    }

    Place at(long position) {
        return resample ? drawn(position) : once(position);
    }

    private Place drawn(long position) {
        long at = shuffled(position, 0, Long.MAX_VALUE);
        long draw = at / average;
        int shard = Seeds.random(SEED, DRAW, draw).nextInt(sizes.length);
        int item = (int) (at % average) % sizes[shard];
        return new Place(shard, (int) new Permutation(Seeds.mix(SEED, ITEM, draw), sizes[shard]).at(item));
    }

    private Place once(long position) {
        long at = shuffled(position % total(), position / total(), total());
        int found = Arrays.binarySearch(starts, at);
        int shard = found >= 0 ? found : -found - 2;
        return new Place(shard, (int) (at - starts[shard]));
    }

    private long shuffled(long position, long pass, long end) {
        long block = position / shuffle;
        long start = block * shuffle;
        long size = Math.min(shuffle, end - start);
        return start + new Permutation(Seeds.mix(SEED, BLOCK, pass, block), size).at(position - start);
    }
}
