package dev.fovea.runtime.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// Memory as the system counts it.
public final class PeakMemory {
    private PeakMemory() {}

    /// The most memory that this process held so far (`VmHWM`); 0 where the system does not tell.
    public static long bytes() {
        return field(Path.of("/proc/self/status"), "VmHWM:");
    }

    /// Memory that programs can have without swapping (`MemAvailable`); 0 where the system does not tell.
    public static long availableBytes() {
        return field(Path.of("/proc/meminfo"), "MemAvailable:");
    }

    /// A line such as `VmHWM:     1234 kB`, in bytes; 0 if there is no such file or line.
    static long field(Path file, String name) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(name))
                            .map(line -> line.substring(name.length())
                                    .replace("kB", "")
                                    .strip())
                            .mapToLong(Long::parseLong)
                            .findFirst()
                            .orElse(0)
                    * 1024;
        } catch (IOException | UncheckedIOException | NumberFormatException _) {
            return 0;
        }
    }
}
