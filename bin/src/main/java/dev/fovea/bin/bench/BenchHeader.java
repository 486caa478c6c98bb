package dev.fovea.bin.bench;

import dev.fovea.runtime.bench.MachineRates;

/// What the timings of one bench depend on.
///
/// @param bench which one: `kernels`, `step`, `encode` or `data`
/// @param date when it ended, ISO 8601 in UTC
/// @param fovea version of the program
/// @param commit of the code in hex; empty where it is not known
/// @param dirty whether the code differs from that commit
/// @param gemm provider of matrix products that programs use
/// @param quick whether it was a short run
/// @param machine the machine, the JVM, the number of threads, and what the machine gives at most
record BenchHeader(
        String bench,
        String date,
        String fovea,
        String commit,
        boolean dirty,
        String gemm,
        boolean quick,
        MachineRates machine) {
    /// The commit as people write it: nine digits, and a word if the code differs from it.
    String shortCommit() {
        String digits = commit.substring(0, Math.min(9, commit.length()));
        return commit.isEmpty() ? "unknown commit" : dirty ? digits + " with changes" : digits;
    }
}
