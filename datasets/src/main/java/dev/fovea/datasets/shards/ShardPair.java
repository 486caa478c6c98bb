package dev.fovea.datasets.shards;

import dev.fovea.datasets.AtomicFiles;
import dev.fovea.datasets.DataException;
import dev.fovea.datasets.Region;
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.jspecify.annotations.Nullable;

/// Two shards being written side by side. The same examples give the same bytes: entries carry no times or owners.
public final class ShardPair implements AutoCloseable {
    private final Half images;
    private final Half boxes;

    private ShardPair(Half images, Half boxes) {
        this.images = images;
        this.boxes = boxes;
    }

    /// Starts two shards.
    ///
    /// @throws DataException if one exists already
    public static ShardPair create(Path images, Path boxes) throws IOException {
        for (Path target : List.of(images, boxes)) {
            if (Files.exists(target)) {
                throw new DataException(target + " exists already; export into an empty folder");
            }
        }
        Half first = new Half(images);
        try {
            return new ShardPair(first, new Half(boxes));
        } catch (IOException e) {
            first.close();
            throw e;
        }
    }

    /// Adds one example to both.
    public void add(String key, byte[] picture, String ending, List<Region> regions, @Nullable String globalCaption)
            throws IOException {
        images.add(key + "." + ending, picture);
        boxes.add(key + ".json", SampleText.encode(regions, globalCaption));
    }

    /// Syncs both and gives them their names.
    public void finish() throws IOException {
        images.sync();
        boxes.sync();
        images.rename();
        boxes.rename();
    }

    /// Removes what was not finished.
    @Override
    public void close() throws IOException {
        try (images;
                boxes) {
            // Closing is all there is to do; both are closed even if one fails.
        }
    }

    private static final class Half implements AutoCloseable {
        private final Path target;
        private final Path part;
        private final FileOutputStream file;
        private final TarArchiveOutputStream tar;

        Half(Path target) throws IOException {
            this.target = target.toAbsolutePath();
            this.part = AtomicFiles.beside(this.target);
            this.file = new FileOutputStream(part.toFile());
            this.tar =
                    new TarArchiveOutputStream(new BufferedOutputStream(file, 1 << 16), StandardCharsets.UTF_8.name());
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        }

        void add(String name, byte[] content) throws IOException {
            TarArchiveEntry entry = new TarArchiveEntry(name, TarConstants.LF_NORMAL);
            entry.setSize(content.length);
            entry.setModTime(0);
            tar.putArchiveEntry(entry);
            tar.write(content);
            tar.closeArchiveEntry();
        }

        void sync() throws IOException {
            tar.finish();
            tar.flush();
            file.getChannel().force(true);
            tar.close();
        }

        void rename() throws IOException {
            AtomicFiles.rename(part, target);
        }

        @Override
        public void close() throws IOException {
            try {
                file.close();
            } finally {
                Files.deleteIfExists(part);
            }
        }
    }
}
