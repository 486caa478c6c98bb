package dev.fovea.runtime.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Speed of training lately: an average over steps in which the last seconds count most. For people only.
final class Throughput {
    private static final double MEMORY_SECONDS = 10;
    private final int batch;
    private long last = System.nanoTime();
    private double secondsPerStep = Double.NaN;

    Throughput(int batch) {
        this.batch = batch;
    }

    /// A step is done.
    void step() {
        long now = System.nanoTime();
        double seconds = (now - last) / 1e9;
        last = now;
        double weight = Double.isNaN(secondsPerStep) ? 1 : Math.min(1, seconds / MEMORY_SECONDS + 0.02);
        secondsPerStep = weight == 1 ? seconds : secondsPerStep + weight * (seconds - secondsPerStep);
    }

    /// Time since the last step was spent on something else.
    void pause() {
        last = System.nanoTime();
    }

    double imagesPerSecond() {
        return batch / secondsPerStep;
    }

    double secondsLeft(long steps) {
        return steps * secondsPerStep;
    }

    /// Resident memory of this process, or 0 where it cannot be told.
    static long residentBytes() {
        try {
            String[] pages = Files.readString(Path.of("/proc/self/statm")).split(" ");
            return Long.parseLong(pages[1]) * 4096;
        } catch (IOException | RuntimeException _) {
            return 0;
        }
    }
}
