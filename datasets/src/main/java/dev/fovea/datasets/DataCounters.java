package dev.fovea.datasets;

import java.util.List;

/// What was read so far for the batches handed out.
///
/// @param read examples tried, the broken ones included
/// @param broken how many could not be used and were replaced
/// @param firstBroken the first of them, each as `where: key: reason`
public record DataCounters(long read, long broken, List<String> firstBroken) {
    /// How many broken examples are kept by name.
    public static final int NAMED = 100;

    /// Nothing read yet.
    public static DataCounters none() {
        return new DataCounters(0, 0, List.of());
    }

    /// Share of broken examples, 0 if none were read.
    public double brokenShare() {
        return read == 0 ? 0 : (double) broken / read;
    }
}
