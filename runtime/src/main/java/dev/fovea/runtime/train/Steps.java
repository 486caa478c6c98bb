package dev.fovea.runtime.train;

import dev.fovea.dsl.spec.Duration;

/// Lengths of training as optimizer steps.
///
/// @param batch elements in a step
/// @param examples elements in one pass over the data; `Long.MAX_VALUE` where data never ends
public record Steps(int batch, long examples) {
    /// Steps of a duration, rounded up.
    ///
    /// @throws RunException if it is in epochs of endless data, or in wall-clock time
    public long of(String key, Duration d) {
        return switch (d.unit()) {
            case STEPS -> (long) Math.ceil(d.amount());
            case SAMPLES -> (long) Math.ceil(d.amount() / batch);
            case EPOCHS -> {
                if (examples == Long.MAX_VALUE) {
                    throw new RunException(
                            RunException.Kind.SPEC,
                            key + ": this data is composed without end and has no epochs; use steps (400st) or"
                                    + " samples (12800sa)");
                }
                yield (long) Math.ceil(d.amount() * examples / batch);
            }
            case SECONDS ->
                throw new RunException(
                        RunException.Kind.SPEC, key + ": wall-clock time would not be reproducible; use steps (400st)");
        };
    }
}
