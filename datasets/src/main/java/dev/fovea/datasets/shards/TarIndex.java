package dev.fovea.datasets.shards;

import dev.fovea.datasets.DataException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarFile;

/// Where the files of a tar archive lie, found by reading its headers once.
///
/// @param archive the archive
/// @param entries plain files in the order of the archive
record TarIndex(Path archive, List<Entry> entries) {
    /// A file in the archive.
    ///
    /// @param name path in the archive
    /// @param offset of its first byte
    /// @param size in bytes
    record Entry(String name, long offset, long size) {
        /// The part that examples share between shards: the path up to the first dot of the file's name.
        String key() {
            int dot = name.indexOf('.', name.lastIndexOf('/') + 1);
            return dot < 0 ? name : name.substring(0, dot);
        }

        /// What follows the first dot, in lower case.
        String ending() {
            return name.substring(Math.min(name.length(), key().length() + 1)).toLowerCase(Locale.ROOT);
        }
    }

    /// @throws DataException if the archive is missing, cut off or not a tar archive
    static TarIndex read(Path archive) {
        if (!Files.isRegularFile(archive)) {
            throw new DataException("shard " + archive + " is missing");
        }
        try (TarFile tar = new TarFile(archive)) {
            long length = Files.size(archive);
            List<Entry> entries = new ArrayList<>();
            for (TarArchiveEntry entry : tar.getEntries()) {
                if (entry.isFile() && !entry.isSparse()) {
                    entries.add(new Entry(entry.getName(), entry.getDataOffset(), entry.getSize()));
                }
                if (entry.getDataOffset() + entry.getSize() > length) {
                    throw new IOException("cut off inside " + entry.getName());
                }
            }
            return new TarIndex(archive, List.copyOf(entries));
        } catch (IOException | RuntimeException e) {
            throw new DataException("shard " + archive + " is damaged: " + e.getMessage() + "; copy it again", e);
        }
    }

    /// The bytes of a file.
    byte[] bytes(Entry entry) throws IOException {
        try (FileChannel channel = FileChannel.open(archive)) {
            return bytes(channel, entry);
        }
    }

    static byte[] bytes(FileChannel channel, Entry entry) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(entry.size()));
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, entry.offset() + buffer.position()) < 0) {
                throw new EOFException("cut off inside " + entry.name());
            }
        }
        return buffer.array();
    }
}
