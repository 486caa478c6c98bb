package dev.fovea.datasets;

import java.util.SplittableRandom;

/// Random streams as pure functions of numbers: the same path gives the same stream in any order and thread.
public final class Seeds {
    private Seeds() {}

    /// A well-mixed 64-bit hash of a path of numbers (SplitMix64 finalizer after each).
    public static long mix(long... path) {
        long hash = 0x243F6A8885A308D3L;
        for (long part : path) {
            hash = finish(hash * 0x9E3779B97F4A7C15L + part);
        }
        return hash;
    }

    /// The random stream of a path of numbers.
    public static SplittableRandom random(long... path) {
        return new SplittableRandom(mix(path));
    }

    private static long finish(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
