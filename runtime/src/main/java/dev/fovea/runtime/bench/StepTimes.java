package dev.fovea.runtime.bench;

/// A step that was run.
///
/// @param plan what it computes; its kinds of ops have times
/// @param seconds median time of a step
/// @param low lower quartile
/// @param high upper quartile
/// @param samples steps that the median is of
/// @param warmUp steps run before, until their time stopped falling
/// @param firstSeconds time of the very first step
/// @param peakBytes most memory that the process held so far, or 0 where the system does not tell
/// @param backend device, vector width, threads
public record StepTimes(
        StepPlan plan,
        double seconds,
        double low,
        double high,
        int samples,
        int warmUp,
        double firstSeconds,
        long peakBytes,
        String backend) {}
