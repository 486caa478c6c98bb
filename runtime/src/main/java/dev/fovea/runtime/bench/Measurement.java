package dev.fovea.runtime.bench;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// One thing that was timed, with what it computes and moves, so that rates and shares of the machine can be told.
///
/// @param name what was measured, unique within a bench: `step`, `gemm NT 2048x192x768 java`
/// @param seconds median time of one call
/// @param low lower quartile of the times
/// @param high upper quartile of the times
/// @param samples times that the median is of
/// @param flops floating-point operations of one call by the rule of [dev.fovea.runtime.ir.Op#flops]; 0 if they
///     are not the point
/// @param bytes bytes that one call must read and write at least; 0 if they are not the point
/// @param facts more that belongs to it, in the order of printing: peak memory, the shape, the arm of a study
public record Measurement(
        String name,
        double seconds,
        double low,
        double high,
        int samples,
        long flops,
        long bytes,
        SequencedMap<String, String> facts) {
    /// Copies the facts.
    public Measurement {
        facts = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(facts));
    }

    /// Floating-point operations a second.
    public double flopRate() {
        return flops / seconds;
    }

    /// Bytes a second.
    public double byteRate() {
        return bytes / seconds;
    }

    /// The distance of the quartiles as a share of the median.
    public double spread() {
        return (high - low) / seconds;
    }
}
