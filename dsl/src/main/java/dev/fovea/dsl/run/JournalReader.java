package dev.fovea.dsl.run;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/// Reads a journal, also while another process appends to it.
///
/// A frame is the payload's length (4 bytes, little-endian), its CRC-32C (4 bytes, little-endian) and the
/// payload: one
/// [JournalEntry] as JSON in UTF-8. Reading stops where no complete frame follows.
public final class JournalReader {
    /// Bytes of a frame before its payload.
    static final int FRAME_HEADER = 8;

    /// The longest payload; a longer length is damage.
    static final int MOST_PAYLOAD = 16 << 20;

    private JournalReader() {}

    /// An entry and its place.
    ///
    /// @param offset where its frame begins
    /// @param next where the frame ends: the offset to continue from
    public record Placed(long offset, long next, JournalEntry entry) {}

    /// What was read.
    ///
    /// @param entries complete entries in order
    /// @param next the offset to continue from
    /// @param unread bytes behind `next`: an entry being written, a torn tail, or damage
    /// @param unknown complete frames that were skipped because this version does not know their kind
    public record Entries(List<Placed> entries, long next, long unread, int unknown) {
        /// The entries without their places.
        public List<JournalEntry> values() {
            return entries.stream().map(Placed::entry).toList();
        }
    }

    /// Reads the complete entries from an offset on.
    ///
    /// @param journal the file
    /// @param fromOffset 0, or an earlier [Entries#next]
    /// @throws StoreException if the file cannot be read, or is shorter than the offset because a crash cut it
    public static Entries read(Path journal, long fromOffset) {
        try (FileChannel channel = FileChannel.open(journal, StandardOpenOption.READ)) {
            long size = channel.size();
            if (fromOffset < 0 || fromOffset > size) {
                throw new StoreException(journal + ": ends at " + size + ", before the offset " + fromOffset
                        + ": it was cut after a crash; read it again from 0");
            }
            return read(channel, fromOffset, size);
        } catch (IOException failure) {
            throw StoreException.of("read", journal, failure);
        }
    }

    /// @param size where to stop; later bytes are not looked at
    static Entries read(FileChannel channel, long fromOffset, long size) throws IOException {
        List<Placed> entries = new ArrayList<>();
        Window window = new Window(channel, size);
        long offset = fromOffset;
        int unknown = 0;
        while (true) {
            byte[] payload = payload(window, offset, size);
            if (payload.length == 0) {
                return new Entries(List.copyOf(entries), offset, size - offset, unknown);
            }
            long begin = offset;
            offset += FRAME_HEADER + payload.length;
            var entry = JournalJson.read(payload);
            if (entry.isPresent()) {
                entries.add(new Placed(begin, offset, entry.get()));
            } else {
                unknown++;
            }
        }
    }

    /// The payload of the frame at an offset; empty if there is no complete frame.
    private static byte[] payload(Window window, long offset, long size) throws IOException {
        byte[] none = {};
        if (size - offset < FRAME_HEADER) {
            return none;
        }
        ByteBuffer header = ByteBuffer.wrap(window.bytes(offset, FRAME_HEADER)).order(ByteOrder.LITTLE_ENDIAN);
        if (header.limit() < FRAME_HEADER) {
            return none;
        }
        int length = header.getInt();
        int checksum = header.getInt();
        if (length <= 0 || length > MOST_PAYLOAD || length > size - offset - FRAME_HEADER) {
            return none;
        }
        byte[] payload = window.bytes(offset + FRAME_HEADER, length);
        return payload.length == length && checksum(payload) == checksum ? payload : none;
    }

    static int checksum(byte[] payload) {
        CRC32C crc = new CRC32C();
        crc.update(payload);
        return (int) crc.getValue();
    }

    /// Reads ahead so that small frames do not cost a system call each.
    private static final class Window {
        private final FileChannel channel;
        private final long size;
        private ByteBuffer buffer = ByteBuffer.allocate(0);
        private long begin;

        Window(FileChannel channel, long size) {
            this.channel = channel;
            this.size = size;
        }

        /// The bytes at an offset; fewer if the file has become shorter.
        byte[] bytes(long offset, int length) throws IOException {
            if (offset < begin || offset + length > begin + buffer.limit()) {
                load(offset, length);
            }
            int at = (int) (offset - begin);
            byte[] bytes = new byte[Math.clamp(buffer.limit() - at, 0, length)];
            buffer.get(at, bytes);
            return bytes;
        }

        private void load(long offset, int length) throws IOException {
            int room = (int) Math.min(Math.max(length, 1 << 16), size - offset);
            buffer = ByteBuffer.allocate(room);
            begin = offset;
            while (buffer.hasRemaining() && channel.read(buffer, begin + buffer.position()) >= 0) {
                // Reads until the window is full or the file ends.
            }
            buffer.flip();
        }
    }
}
