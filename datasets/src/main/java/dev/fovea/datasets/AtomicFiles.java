package dev.fovea.datasets;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/// Whole files or none: written beside the target, then renamed over it.
public final class AtomicFiles {
    private AtomicFiles() {}

    /// A fresh name beside `target`, in the same folder, that no other process uses.
    public static Path beside(Path target) {
        return target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".part");
    }

    /// Writes and syncs a file whose loss would matter.
    public static void write(Path target, byte[] content) throws IOException {
        write(target, content, true);
    }

    /// Writes a cache file, which is checked when read: no sync, because a damaged one is simply made again.
    public static void writeCache(Path target, byte[] content) throws IOException {
        write(target, content, false);
    }

    private static void write(Path target, byte[] content, boolean sync) throws IOException {
        Files.createDirectories(target.toAbsolutePath().getParent());
        Path part = beside(target.toAbsolutePath());
        try {
            try (FileChannel channel =
                    FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer buffer = ByteBuffer.wrap(content);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                if (sync) {
                    channel.force(true);
                }
            }
            rename(part, target);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /// Moves a finished and synced file onto its name.
    public static void rename(Path part, Path target) throws IOException {
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
