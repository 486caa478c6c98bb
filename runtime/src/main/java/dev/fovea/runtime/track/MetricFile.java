package dev.fovea.runtime.track;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/// One metric of the file store: lines `time value step`, appended with one write each batch. A line that a
/// crash tore
/// is dropped, and a line that is there already is not repeated, because the reader refuses both.
final class MetricFile {
    private final Path path;
    private final Set<String> there;
    private final StringBuilder lines = new StringBuilder();

    private MetricFile(Path path, Set<String> there) {
        this.path = path;
        this.there = there;
    }

    /// @param again whether lines to come may be there already
    static MetricFile open(Path path, boolean again) throws IOException {
        Files.createDirectories(Objects.requireNonNull(path.getParent()));
        Set<String> there = new TreeSet<>();
        if (Files.exists(path)) {
            dropTornLine(path);
            if (again) {
                there.addAll(Files.readAllLines(path));
            }
        }
        return new MetricFile(path, there);
    }

    private static void dropTornLine(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long end = channel.size();
            ByteBuffer one = ByteBuffer.allocate(1);
            while (end > 0) {
                one.clear();
                channel.read(one, end - 1);
                if (one.get(0) == '\n') {
                    break;
                }
                end--;
            }
            channel.truncate(end);
        }
    }

    void add(long timeMillis, double value, long step) {
        String line = timeMillis + " " + value + " " + step;
        if (there.add(line)) {
            lines.append(line).append('\n');
        }
    }

    void write() throws IOException {
        if (!lines.isEmpty()) {
            try (FileChannel channel = FileChannel.open(
                    path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
                ByteBuffer bytes = StandardCharsets.UTF_8.encode(lines.toString());
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(false);
            }
            lines.setLength(0);
        }
    }
}
