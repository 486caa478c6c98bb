package dev.fovea.runtime.track;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How often tracking works and how long it waits.
///
/// @param poll between two looks at the journal
/// @param deadline of one request; of an upload four times as much
/// @param firstBackOff after a first failure; doubles with each further one
/// @param longestBackOff upper bound of the above
/// @param closing how long closing may take
public record Pace(Duration poll, Duration deadline, Duration firstBackOff, Duration longestBackOff, Duration closing) {
    /// What training uses.
    public static final Pace USUAL = new Pace(
            Duration.ofSeconds(5),
            Duration.ofSeconds(20),
            Duration.ofSeconds(5),
            Duration.ofMinutes(5),
            Duration.ofSeconds(30));

    /// Time to wait after `failures` failures in a row, spread by a quarter either way so that many runs do not
    /// come
    /// back
    /// at once.
    Duration next(int failures, RandomGenerator random) {
        double millis = failures == 0
                ? poll.toMillis()
                : Math.min((double) longestBackOff.toMillis(), firstBackOff.toMillis() * Math.pow(2, failures - 1.0));
        return Duration.ofMillis(Math.round(millis * (0.75 + random.nextDouble() / 2)));
    }
}
