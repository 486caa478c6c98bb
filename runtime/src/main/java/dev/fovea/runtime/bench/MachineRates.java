package dev.fovea.runtime.bench;

/// What the machine gives at most, measured, together with what else a timing depends on.
///
/// @param cpu model name of the processor
/// @param cores logical processors that this JVM sees
/// @param threads worker threads that "all" rates are measured with
/// @param vectorBits width of a vector of floats
/// @param jvm version of the JVM
/// @param peakOne floating-point operations a second that fused multiply-adds reach on one thread
/// @param peak the same on all threads
/// @param readRate bytes a second that all threads read from memory, far beyond the caches
/// @param triadRate bytes a second of STREAM's triad on all threads, counted as STREAM does: two arrays read and one
///     written, whatever the caches fetch on top. This is what "memory bandwidth" means in tables
public record MachineRates(
        String cpu,
        int cores,
        int threads,
        int vectorBits,
        String jvm,
        double peakOne,
        double peak,
        double readRate,
        double triadRate) {
    /// This machine with the better of each rate.
    MachineRates best(MachineRates other) {
        return new MachineRates(
                cpu,
                cores,
                threads,
                vectorBits,
                jvm,
                Math.max(peakOne, other.peakOne),
                Math.max(peak, other.peak),
                Math.max(readRate, other.readRate),
                Math.max(triadRate, other.triadRate));
    }
}
