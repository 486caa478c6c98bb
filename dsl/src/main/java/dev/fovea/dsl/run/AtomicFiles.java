package dev.fovea.dsl.run;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;

/// Whole files: written beside, fsynced, renamed, so that a reader sees the old content or the new, never a part.
public final class AtomicFiles {
    private AtomicFiles() {}

    /// What fills a file.
    @FunctionalInterface
    public interface Content {
        /// Writes the whole content; the stream is buffered and closed by the caller.
        void writeTo(OutputStream out) throws IOException;
    }

    /// Replaces a file by these bytes.
    ///
    /// @throws StoreException if the folder cannot be written or the disk is full; the old file is then untouched
    public static void write(Path file, byte[] content) {
        write(file, out -> out.write(content));
    }

    /// Replaces a file by this text in UTF-8.
    ///
    /// @throws StoreException if the folder cannot be written or the disk is full; the old file is then untouched
    public static void write(Path file, String content) {
        write(file, content.getBytes(StandardCharsets.UTF_8));
    }

    /// Replaces a file by what `content` writes.
    ///
    /// @throws StoreException if the folder cannot be written or the disk is full; the old file is then untouched
    public static void write(Path file, Content content) {
        write(FileSteps.real(), file, content);
    }

    /// Replaces a file, one step at a time.
    ///
    /// @throws StoreException if a step fails; the old file is then untouched
    public static void write(FileSteps steps, Path file, Content content) {
        Path beside = beside(file);
        boolean complete = false;
        try {
            writeNew(steps, beside, content);
            steps.move(beside, file);
            complete = true;
            steps.forceDirectory(parent(file));
        } catch (IOException failure) {
            throw StoreException.of("write", file, failure);
        } finally {
            if (!complete) {
                deleteIfPossible(steps, beside);
            }
        }
    }

    /// Writes and fsyncs a file that must not exist yet, in place: for folders that are renamed as a whole.
    ///
    /// @throws IOException if a step fails; the part written stays for the caller to remove
    public static void writeNew(FileSteps steps, Path file, Content content) throws IOException {
        try (FileChannel channel = steps.create(file);
                StepStream out = new StepStream(steps, channel)) {
            content.writeTo(out);
            out.flush();
            steps.force(channel);
        } catch (UncheckedIOException failure) {
            throw failure.getCause();
        }
    }

    /// A name in the same folder that no other writer uses. It starts with a dot and ends in `.part`.
    public static Path beside(Path file) {
        String tag = Long.toString(ThreadLocalRandom.current().nextLong() >>> 1, Character.MAX_RADIX);
        return file.resolveSibling("." + file.getFileName() + "." + tag + ".part");
    }

    static Path parent(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        return parent == null ? file : parent;
    }

    private static void deleteIfPossible(FileSteps steps, Path file) {
        try {
            steps.delete(file);
        } catch (IOException _) {
            // The failure that brought us here is the one to report; the next claim of the run removes what is left.
        }
    }

    /// A buffered stream whose writes are steps.
    private static final class StepStream extends OutputStream {
        private final FileSteps steps;
        private final FileChannel channel;
        private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16);

        StepStream(FileSteps steps, FileChannel channel) {
            this.steps = steps;
            this.channel = channel;
        }

        @Override
        public void write(int value) throws IOException {
            if (!buffer.hasRemaining()) {
                flush();
            }
            buffer.put((byte) value);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            int done = 0;
            while (done < length) {
                if (!buffer.hasRemaining()) {
                    flush();
                }
                int part = Math.min(length - done, buffer.remaining());
                buffer.put(bytes, offset + done, part);
                done += part;
            }
        }

        @Override
        public void flush() throws IOException {
            if (buffer.position() > 0) {
                buffer.flip();
                try {
                    steps.write(channel, buffer);
                } finally {
                    buffer.clear();
                }
            }
        }

        @Override
        public void close() {
            // Closing must not write: a failed content must not reach the disk any further.
        }
    }
}
