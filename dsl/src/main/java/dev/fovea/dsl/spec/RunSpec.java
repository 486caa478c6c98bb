package dev.fovea.dsl.spec;

/// How the run is executed.
///
/// @param threads worker threads; 0 for all cores
/// @param activationCheckpointing what the backward pass computes again instead of keeping it
/// @param logEvery steps between two journal records of training metrics
/// @param maxBadSamples largest share of broken samples before the run stops
public record RunSpec(
        Backend backend,
        Gemm gemm,
        int threads,
        ActivationCheckpointing activationCheckpointing,
        int logEvery,
        double maxBadSamples,
        Checkpoint checkpoint) {
    /// @param every time or steps between two checkpoints
    /// @param keep newest checkpoints kept
    public record Checkpoint(Duration every, int keep) {}

    /// Where tensor programs run.
    public enum Backend {
        AUTO,
        CPU,
        REFERENCE,
        TORNADO
    }

    /// Provider of matrix products on the CPU.
    public enum Gemm {
        AUTO,
        JAVA,
        ONEDNN
    }

    /// What happens to the values that layers compute inside on the way forward.
    public enum ActivationCheckpointing {
        /// they are kept for the backward pass
        NONE,
        /// they are dropped, and computed again for the backward pass
        BLOCKS,
        /// kept if the step then fits into the memory that is available, else dropped
        AUTO
    }
}
