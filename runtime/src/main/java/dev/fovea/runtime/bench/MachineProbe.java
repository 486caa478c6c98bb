package dev.fovea.runtime.bench;

import dev.fovea.dsl.run.StoreException;
import dev.fovea.runtime.exec.cpu.kernel.Lanes;
import dev.fovea.runtime.exec.cpu.kernel.MachineLoops;
import dev.fovea.runtime.exec.cpu.kernel.Workers;
import dev.fovea.runtime.store.Environment;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// Measures what the machine gives at most, in less than two seconds, and remembers it in the user's cache folder.
///
/// The peak is the better of two loops: independent multiply-adds in registers, and the micro-kernel of the matrix
/// products in the first-level cache. Every rate is the best of many short rounds, because whatever else the machine
/// does can only make a round slower.
public final class MachineProbe {
    /// Raised when the probe changes what it measures, so that older answers are not used.
    static final int VERSION = 1;

    private static final long WARM_UP = 120_000_000L;
    private static final long MEASURED = 150_000_000L;
    private static final int ELEMENTS = 1 << 24;
    private static final int MULTIPLY_ADDS = 400_000;
    private static final int TILES = 2_000;

    private final Workers workers;
    private final float[] answers;

    private MachineProbe(Workers workers) {
        this.workers = workers;
        this.answers = new float[workers.count()];
    }

    /// Probes, and keeps the better of each rate and what earlier probes found: a rate that was reached once can be
    /// reached, whatever else the machine does now.
    ///
    /// @param cacheFolder where the user's caches are; one that cannot be written does no harm
    /// @param threads worker threads, at least 1
    public static MachineRates probe(Path cacheFolder, int threads) {
        ProbeCache cache = new ProbeCache(cacheFolder);
        ProbeCache.Key key = ProbeCache.Key.of("rates", VERSION, threads);
        MachineRates now = measure(threads);
        MachineRates best = cache.read(key, MachineRates.class).map(now::best).orElse(now);
        keep(cache, key, best);
        return best;
    }

    /// What is known of this machine from an earlier probe, or a new probe, which is then kept.
    ///
    /// @param cacheFolder where the user's caches are; one that cannot be written does no harm
    /// @param threads worker threads, at least 1
    public static MachineRates rates(Path cacheFolder, int threads) {
        ProbeCache cache = new ProbeCache(cacheFolder);
        ProbeCache.Key key = ProbeCache.Key.of("rates", VERSION, threads);
        return cache.read(key, MachineRates.class)
                .filter(rates -> rates.peak() > 0 && rates.triadRate() > 0)
                .orElseGet(() -> {
                    MachineRates measured = measure(threads);
                    keep(cache, key, measured);
                    return measured;
                });
    }

    private static void keep(ProbeCache cache, ProbeCache.Key key, MachineRates rates) {
        try {
            cache.write(key, rates);
        } catch (StoreException _) {
            // A cache that cannot be written is no reason to fail; the next call probes again.
        }
    }

    /// Measures now. Needs some 200 MB for the while.
    ///
    /// @param threads worker threads, at least 1
    public static MachineRates measure(int threads) {
        double one;
        try (Workers single = new Workers(1)) {
            one = new MachineProbe(single).peak();
        }
        try (Workers team = new Workers(threads);
                Arena arena = Arena.ofShared()) {
            MachineProbe probe = new MachineProbe(team);
            double all = threads == 1 ? one : probe.peak();
            MemorySegment a = Lanes.allocate(arena, ELEMENTS);
            MemorySegment b = Lanes.allocate(arena, ELEMENTS);
            MemorySegment c = Lanes.allocate(arena, ELEMENTS);
            return new MachineRates(
                    Environment.cpuModel(),
                    Runtime.getRuntime().availableProcessors(),
                    threads,
                    Lanes.FLOATS.vectorBitSize(),
                    Runtime.version().toString(),
                    one,
                    all,
                    probe.reading(a, b, c),
                    probe.triad(a, b, c));
        }
    }

    private double peak() {
        double adds = best(MachineLoops.flopsOfMultiplyAdds() * MULTIPLY_ADDS * (double) workers.count(), () -> {
            workers.forRange(workers.count(), 1, (_, _, w) -> answers[w] = MachineLoops.multiplyAdds(MULTIPLY_ADDS));
        });
        double tiles = best(MachineLoops.flopsOfTiles() * TILES * (double) workers.count(), () -> {
            workers.forRange(workers.count(), 1, (_, _, w) -> answers[w] = MachineLoops.tiles(TILES));
        });
        return Math.max(adds, tiles);
    }

    private double reading(MemorySegment... arrays) {
        int block = 4 * Lanes.WIDTH;
        return best(4.0 * ELEMENTS * arrays.length, () -> {
            for (MemorySegment x : arrays) {
                workers.forRange(
                        ELEMENTS / block,
                        1,
                        (from, to, w) -> answers[w] = MachineLoops.sum(x, from * block, to * block));
            }
        });
    }

    private double triad(MemorySegment a, MemorySegment b, MemorySegment c) {
        int block = Lanes.WIDTH;
        return best(
                12.0 * ELEMENTS,
                () -> workers.forRange(
                        ELEMENTS / block,
                        1,
                        (from, to, w) -> answers[w] = MachineLoops.triad(a, b, c, from * block, to * block)));
    }

    /// Amount a second in the best round.
    private static double best(double amount, Runnable round) {
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < WARM_UP) {
            round.run();
        }
        long shortest = Long.MAX_VALUE;
        begin = System.nanoTime();
        for (int i = 0; i < 3 || System.nanoTime() - begin < MEASURED; i++) {
            long start = System.nanoTime();
            round.run();
            shortest = Math.min(shortest, System.nanoTime() - start);
        }
        return amount / shortest * 1e9;
    }
}
