package dev.fovea.runtime.memory;

import java.util.Locale;
import java.util.OptionalLong;

/// The forecast of a run against what its process held at most.
///
/// @param predicted bytes of the forecast
/// @param measured largest resident memory of the process so far; empty where the system does not tell
public record MemoryCheck(long predicted, OptionalLong measured) {
    /// The process as it is now.
    public static MemoryCheck now(MemoryForecast forecast) {
        return new MemoryCheck(forecast.total(), MachineMemory.peakOfThisProcess());
    }

    /// Measured by predicted memory; NaN where nothing was measured.
    public double ratio() {
        return measured.isPresent() ? (double) measured.getAsLong() / predicted : Double.NaN;
    }

    /// One line for people.
    public String line() {
        return measured.isPresent()
                ? String.format(
                        Locale.ROOT,
                        "memory: %s at its peak, %s predicted (ratio %.2f)",
                        mebibytes(measured.getAsLong()),
                        mebibytes(predicted),
                        ratio())
                : "memory: " + mebibytes(predicted) + " predicted; this system does not tell the peak";
    }

    private static String mebibytes(long bytes) {
        return Math.round(bytes / (double) (1 << 20)) + " MiB";
    }
}
