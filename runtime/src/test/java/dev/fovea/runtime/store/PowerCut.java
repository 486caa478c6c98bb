package dev.fovea.runtime.store;

import dev.fovea.dsl.run.Directories;
import dev.fovea.dsl.run.FileSteps;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// File steps that stop working before a given step, as when the process is killed; and, for a power cut, forget
/// all
/// that
/// had not been forced to the disk: bytes of files, and names in folders.
final class PowerCut implements FileSteps {
    private final FileSteps real = FileSteps.real();
    private final int failing;
    private final Map<FileChannel, Path> open = new LinkedHashMap<>();
    private final List<Path> unforcedBytes = new ArrayList<>();
    private final List<Change> unforcedNames = new ArrayList<>();
    private int done;

    /// A new name in a folder.
    ///
    /// @param path the name
    /// @param from its name before, or null if it is a new file or folder
    private record Change(Path path, @Nullable Path from) {}

    PowerCut(int failing) {
        this.failing = failing;
    }

    int done() {
        return done;
    }

    /// Loses what was not forced, the latest first. Removals last, which is the harder case.
    void lose() {
        try {
            for (Path file : unforcedBytes) {
                if (Files.exists(file)) {
                    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                        channel.truncate(channel.size() / 2);
                    }
                }
            }
            while (!unforcedNames.isEmpty()) {
                undo(unforcedNames.removeLast());
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void undo(Change change) throws IOException {
        Path from = change.from;
        if (from == null) {
            Directories.delete(real, change.path);
        } else if (Files.exists(change.path)) {
            real.move(change.path, from);
            follow(change.path, from);
        }
    }

    /// What is known of files in a folder is true under its new name.
    private void follow(Path from, Path to) {
        unforcedBytes.replaceAll(path -> renamed(path, from, to));
        open.replaceAll((_, path) -> renamed(path, from, to));
        unforcedNames.replaceAll(change -> new Change(renamed(change.path, from, to), change.from));
    }

    private static Path renamed(Path path, Path from, Path to) {
        return path.startsWith(from) ? to.resolve(from.relativize(path)) : path;
    }

    private void step() throws IOException {
        if (done++ >= failing) {
            throw new IOException("killed before step " + failing);
        }
    }

    @Override
    public void createDirectory(Path directory) throws IOException {
        step();
        real.createDirectory(directory);
        unforcedNames.add(new Change(directory, null));
    }

    @Override
    public FileChannel create(Path file) throws IOException {
        step();
        FileChannel channel = real.create(file);
        open.put(channel, file);
        unforcedBytes.add(file);
        unforcedNames.add(new Change(file, null));
        return channel;
    }

    @Override
    public void write(FileChannel channel, ByteBuffer bytes) throws IOException {
        try {
            step();
        } catch (IOException killed) {
            ByteBuffer half = bytes.duplicate();
            half.limit(bytes.position() + bytes.remaining() / 2);
            if (done == failing + 1) {
                real.write(channel, half);
            }
            throw killed;
        }
        real.write(channel, bytes);
    }

    @Override
    public void force(FileChannel channel) throws IOException {
        step();
        real.force(channel);
        unforcedBytes.remove(open.get(channel));
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        step();
        real.forceDirectory(directory);
        unforcedNames.removeIf(change -> directory.equals(change.path.getParent()));
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        step();
        real.move(from, to);
        follow(from, to);
        unforcedNames.add(new Change(to, from));
    }

    @Override
    public void delete(Path path) throws IOException {
        step();
        real.delete(path);
    }
}
