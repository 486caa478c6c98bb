package dev.fovea.datasets;

/// A pseudo-random permutation of 0..size-1 that needs no memory: a four-round Feistel network over the next power
/// of four, walked until it lands inside (Black and Rogaway, Ciphers with Arbitrary Finite Domains, 2002).
public final class Permutation {
    private static final int ROUNDS = 4;

    private final long seed;
    private final long size;
    private final int halfBits;

    /// @param size number of elements, at least 1
    public Permutation(long seed, long size) {
        if (size < 1) {
            throw new IllegalArgumentException("a permutation needs at least one element, not " + size);
        }
        this.seed = seed;
        this.size = size;
        this.halfBits = Math.max(1, (64 - Long.numberOfLeadingZeros(size - 1) + 1) / 2);
    }

    /// Where `index` (0..size-1) goes.
    public long at(long index) {
        if (index < 0 || index >= size) {
            throw new IndexOutOfBoundsException("index " + index + " of " + size);
        }
        long value = index;
        do {
            value = network(value);
        } while (value >= size);
        return value;
    }

    private long network(long value) {
        long mask = (1L << halfBits) - 1;
        long left = value >>> halfBits;
        long right = value & mask;
        for (int round = 0; round < ROUNDS; round++) {
            long next = left ^ (Seeds.mix(seed, round, right) & mask);
            left = right;
            right = next;
        }
        return left << halfBits | right;
    }
}
