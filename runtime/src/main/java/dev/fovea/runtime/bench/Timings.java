package dev.fovea.runtime.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/// Times of something that is done again and again: first until it gets no faster, because a JVM compiles while it
/// runs, then the samples.
///
/// @param seconds of each sample
/// @param warmUp rounds before the first sample
public record Timings(List<Double> seconds, int warmUp) {
    private static final int LEAST_WARM_UP = 3, MOST_WARM_UP = 30, PATIENCE = 2;
    private static final double STILL_FALLING = 0.98;

    /// Copies the list.
    public Timings {
        seconds = List.copyOf(seconds);
    }

    /// Times a body.
    ///
    /// @param samples rounds to time once it is steady, at least 1
    /// @param patience seconds after which no further sample is begun, if there are three; half of it bounds the
    ///     warm-up
    /// @param clock in nanoseconds
    /// @param progress told the number of finished rounds
    public static Timings of(Runnable body, int samples, double patience, LongSupplier clock, IntConsumer progress) {
        double best = Double.POSITIVE_INFINITY;
        double spent = 0;
        int warmUp = 0;
        int idle = 0;
        while (warmUp < LEAST_WARM_UP || idle < PATIENCE && warmUp < MOST_WARM_UP && spent < patience / 2) {
            double time = once(body, clock);
            idle = time < STILL_FALLING * best ? 0 : idle + 1;
            best = Math.min(best, time);
            spent += time;
            progress.accept(++warmUp);
        }
        List<Double> times = new ArrayList<>();
        spent = 0;
        while (times.size() < samples && (times.size() < 3 || spent < patience)) {
            times.add(once(body, clock));
            spent += times.getLast();
            progress.accept(warmUp + times.size());
        }
        return new Timings(times, warmUp);
    }

    private static double once(Runnable body, LongSupplier clock) {
        long start = clock.getAsLong();
        body.run();
        return (clock.getAsLong() - start) * 1e-9;
    }

    /// As a measurement: median and quartiles.
    public Measurement measurement(String name, long flops, long bytes, SequencedMap<String, String> facts) {
        Quartiles q = Quartiles.of(seconds.stream().mapToDouble(x -> x).toArray());
        return new Measurement(name, q.median(), q.low(), q.high(), seconds.size(), flops, bytes, facts);
    }
}
