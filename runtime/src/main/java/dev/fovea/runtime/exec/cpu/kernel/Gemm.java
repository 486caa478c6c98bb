package dev.fovea.runtime.exec.cpu.kernel;

import java.lang.foreign.MemorySegment;

/// The one door to matrix products: everything that multiplies whole matrices goes through it, so a provider
/// can be exchanged.
///
/// A provider divides the work over the team it was made with, allocates nothing per call and serves one caller
/// at a time.
public interface Gemm {
    /// What environment records and benchmarks call this provider, for example `java`.
    String name();

    /// c (m,n) = op(a) (m,k) · op(b) (k,n), plus what `c` holds if `accumulate`. Matrices are row-major.
    ///
    /// @param transA whether `a` is stored as (k,m) instead of (m,k)
    /// @param transB whether `b` is stored as (n,k) instead of (k,n)
    /// @param aOffset floats before the first element of `a`; `bOffset` and `cOffset` alike
    /// @param lda floats from one stored row of `a` to the next; `ldb` and `ldc` alike
    /// @param accumulate whether to add to `c`; otherwise `c` is overwritten and need not be initialised. With
    ///     k = 0 it becomes zero
    void multiply(
            boolean transA,
            boolean transB,
            int m,
            int n,
            int k,
            MemorySegment a,
            long aOffset,
            int lda,
            MemorySegment b,
            long bOffset,
            int ldb,
            MemorySegment c,
            long cOffset,
            int ldc,
            boolean accumulate);
}
