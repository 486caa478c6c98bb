package dev.fovea.dsl.run;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The append-only record of a run: what happened, in order, one frame an entry. It has one writer (see
/// [RunLease]) and
/// any number of readers (see [JournalReader]).
///
/// Every entry reaches the operating system at once, and the disk at once if it is a start, a checkpoint or an end;
/// other
/// entries reach the disk with the first append that comes more than [#SYNC_MILLIS] after the last fsync. So a
/// killed
/// process loses nothing, a power cut a few seconds of metrics.
public final class Journal implements AutoCloseable {
    /// Longest time that an entry waits for the disk while others follow.
    public static final long SYNC_MILLIS = 5_000;

    private final FileSteps steps;
    private final Path path;
    private final FileChannel channel;
    private final LongSupplier clock;
    private final Optional<Cut> cut;
    private long offset;
    private long synced;

    /// Bytes that were no complete entry when the journal was opened, and were cut off.
    ///
    /// @param offset where they began
    /// @param bytes how many
    /// @param keptIn a copy of them, if they were more than one entry that a crash left unfinished
    public record Cut(long offset, long bytes, Optional<Path> keptIn) {}

    private Journal(
            FileSteps steps, Path path, FileChannel channel, LongSupplier clock, long offset, Optional<Cut> cut) {
        this.steps = steps;
        this.path = path;
        this.channel = channel;
        this.clock = clock;
        this.offset = offset;
        this.synced = clock.getAsLong();
        this.cut = cut;
    }

    /// Opens a journal to append to it, or makes an empty one. A torn tail is cut off and noted in the journal
    /// itself.
    ///
    /// @throws StoreException if the file cannot be opened or written
    public static Journal openForAppend(Path path) {
        return openForAppend(FileSteps.real(), path, System::currentTimeMillis);
    }

    /// @param clock milliseconds since 1970 UTC
    static Journal openForAppend(FileSteps steps, Path path, LongSupplier clock) {
        FileChannel channel = null;
        try {
            channel = FileChannel.open(
                    path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            long size = channel.size();
            long end = JournalReader.read(channel, 0, size).next();
            Optional<Cut> cut = end < size ? Optional.of(cut(steps, path, channel, end, size)) : Optional.empty();
            steps.forceDirectory(AtomicFiles.parent(path));
            Journal journal = new Journal(steps, path, channel, clock, end, cut);
            cut.ifPresent(journal::note);
            return journal;
        } catch (IOException | StoreException failure) {
            closeQuietly(channel, failure);
            throw failure instanceof IOException io ? StoreException.of("open", path, io) : (StoreException) failure;
        }
    }

    /// Bytes that were cut off on opening.
    public Optional<Cut> cut() {
        return cut;
    }

    /// Appends an entry. If the disk is full or fails, the journal is as before.
    ///
    /// @throws StoreException if the entry cannot be written or is longer than 16 MiB
    public void append(JournalEntry entry) {
        byte[] payload = JournalJson.write(entry);
        if (payload.length > JournalReader.MOST_PAYLOAD) {
            throw new StoreException(path + ": an entry of " + payload.length + " bytes is too long; at most "
                    + JournalReader.MOST_PAYLOAD);
        }
        ByteBuffer frame = ByteBuffer.allocate(JournalReader.FRAME_HEADER + payload.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(payload.length)
                .putInt(JournalReader.checksum(payload))
                .put(payload)
                .flip();
        try {
            channel.position(offset);
            steps.write(channel, frame);
            offset += frame.limit();
        } catch (IOException failure) {
            restore(failure);
            throw StoreException.of("write", path, failure);
        }
        if (durable(entry) || clock.getAsLong() - synced >= SYNC_MILLIS) {
            sync();
        }
    }

    /// Where the next entry will begin; all before it is complete.
    public long offset() {
        return offset;
    }

    /// Makes all entries survive a power cut.
    ///
    /// @throws StoreException if the disk fails
    public void sync() {
        try {
            steps.force(channel);
            synced = clock.getAsLong();
        } catch (IOException failure) {
            throw StoreException.of("write", path, failure);
        }
    }

    /// Syncs and closes.
    @Override
    public void close() {
        try (channel) {
            if (channel.isOpen()) {
                steps.force(channel);
            }
        } catch (IOException failure) {
            throw StoreException.of("close", path, failure);
        }
    }

    private static boolean durable(JournalEntry entry) {
        return switch (entry) {
            case JournalEntry.Started _, JournalEntry.Saved _, JournalEntry.Ended _ -> true;
            case JournalEntry.Scalars _, JournalEntry.Note _ -> false;
        };
    }

    private void note(Cut cut) {
        String kept =
                cut.keptIn().map(file -> "; a copy is in " + file.getFileName()).orElse("");
        String text = "journal: cut off " + cut.bytes() + " bytes at " + cut.offset() + " that were no complete entry";
        append(new JournalEntry.Note(clock.getAsLong(), "warn", text + kept));
    }

    private void restore(IOException failure) {
        try {
            channel.truncate(offset);
        } catch (IOException second) {
            failure.addSuppressed(second);
        }
    }

    private static Cut cut(FileSteps steps, Path path, FileChannel channel, long end, long size) throws IOException {
        Optional<Path> keptIn = Optional.empty();
        if (!unfinished(channel, end, size)) {
            Path copy = path.resolveSibling(path.getFileName() + ".cut-" + end);
            AtomicFiles.write(steps, copy, out -> copy(channel, end, size, out));
            keptIn = Optional.of(copy);
        }
        channel.truncate(end);
        steps.force(channel);
        return new Cut(end, size - end, keptIn);
    }

    /// Whether the rest is the beginning of one entry, or the zeros that some file systems leave after a power cut.
    private static boolean unfinished(FileChannel channel, long end, long size) throws IOException {
        if (size - end < JournalReader.FRAME_HEADER) {
            return true;
        }
        ByteBuffer header = ByteBuffer.allocate(JournalReader.FRAME_HEADER).order(ByteOrder.LITTLE_ENDIAN);
        channel.read(header, end);
        long length = header.getInt(0);
        return length > size - end - JournalReader.FRAME_HEADER && length <= JournalReader.MOST_PAYLOAD
                || onlyZeros(channel, end, size);
    }

    private static boolean onlyZeros(FileChannel channel, long end, long size) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(1 << 13);
        for (long at = end; at < size; at += buffer.limit()) {
            buffer.clear();
            if (channel.read(buffer, at) <= 0) {
                return true;
            }
            buffer.flip();
            for (int i = 0; i < buffer.limit(); i++) {
                if (buffer.get(i) != 0) {
                    return false;
                }
            }
        }
        return true;
    }

    private static void copy(FileChannel channel, long end, long size, OutputStream out) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(1 << 13);
        for (long at = end; at < size; at += buffer.limit()) {
            buffer.clear();
            if (channel.read(buffer, at) <= 0) {
                return;
            }
            buffer.flip();
            out.write(buffer.array(), 0, buffer.limit());
        }
    }

    private static void closeQuietly(@Nullable FileChannel channel, Exception failure) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException second) {
                failure.addSuppressed(second);
            }
        }
    }
}
