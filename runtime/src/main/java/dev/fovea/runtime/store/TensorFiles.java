package dev.fovea.runtime.store;

import dev.fovea.dsl.run.StoreException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.TreeSet;

/// The tensors of one safetensors file, or of a model cut into several with an index beside them, read in
/// windows.
///
/// Only headers are kept. A tensor is mapped and let go 32 MiB at a time, so that files of any size, and tensors
/// of more than 2^31 bytes, are read with memory for one window. Nothing stays open.
public final class TensorFiles {
    /// Bytes that are mapped at a time; a multiple of every element's size.
    static final int WINDOW = 32 << 20;

    private final Path place;
    private final SequencedMap<String, Located> tensors;
    private final SequencedMap<String, String> metadata;

    /// @param file where the tensor lies
    /// @param begin its first byte in the file
    private record Located(Path file, TensorInfo info, long begin) {}

    /// Receives a tensor piece by piece.
    @FunctionalInterface
    public interface FloatSink {
        /// @param first index of the piece's first element in what was asked for
        /// @param floats float32 in native order, perhaps unaligned; valid during the call only
        void accept(long first, MemorySegment floats);
    }

    private TensorFiles(Path place, SequencedMap<String, Located> tensors, SequencedMap<String, String> metadata) {
        this.place = place;
        this.tensors = tensors;
        this.metadata = metadata;
    }

    /// Reads the header of a `.safetensors` file, or the headers of the files that a `.safetensors.index.json`
    /// names.
    ///
    /// @throws StoreException if a file is missing or damaged, or index and files do not agree
    public static TensorFiles open(Path file) {
        if (String.valueOf(file.getFileName()).endsWith(".json")) {
            return new ShardIndex(file).open();
        }
        SequencedMap<String, Located> tensors = new LinkedHashMap<>();
        return new TensorFiles(file, tensors, readHeader(file, tensors));
    }

    /// Joins files of which each tensor is in one.
    static TensorFiles joined(Path index, List<TensorFiles> files) {
        SequencedMap<String, Located> tensors = new LinkedHashMap<>();
        SequencedMap<String, String> metadata = new LinkedHashMap<>();
        for (TensorFiles each : files) {
            tensors.putAll(each.tensors);
            metadata.putAll(each.metadata);
        }
        return new TensorFiles(index, tensors, metadata);
    }

    /// Adds the tensors of a file and returns its free texts.
    private static SequencedMap<String, String> readHeader(Path file, SequencedMap<String, Located> tensors) {
        String name = file.toString();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            SafetensorsHeader.checkSize(name, size);
            long length = ByteBuffer.wrap(bytes(channel, 0, 8))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .getLong();
            SafetensorsHeader.checkLength(name, length, size - 8);
            long data = 8 + length;
            SafetensorsHeader header = SafetensorsHeader.parse(name, bytes(channel, 8, (int) length), size - data);
            header.entries()
                    .forEach((tensor, entry) ->
                            tensors.put(tensor, new Located(file, entry.info(), data + entry.begin())));
            return header.metadata();
        } catch (IOException failure) {
            throw StoreException.of("read", file, failure);
        }
    }

    private static byte[] bytes(FileChannel channel, long position, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new IOException("the file became shorter while it was read");
            }
        }
        return buffer.array();
    }

    /// The file or index that was opened.
    public Path place() {
        return place;
    }

    /// Types and shapes by name, in the order of the data.
    public SequencedMap<String, TensorInfo> infos() {
        SequencedMap<String, TensorInfo> infos = new LinkedHashMap<>();
        tensors.forEach((name, located) -> infos.put(name, located.info));
        return Collections.unmodifiableSequencedMap(infos);
    }

    /// The free texts of the headers.
    public SequencedMap<String, String> metadata() {
        return Collections.unmodifiableSequencedMap(metadata);
    }

    /// The files that hold tensors, by name.
    public List<Path> files() {
        TreeSet<Path> files = new TreeSet<>();
        tensors.values().forEach(located -> files.add(located.file));
        return files.isEmpty() ? List.of(place) : List.copyOf(files);
    }

    /// SHA-256 in hex of the content: of the one file, or of the lines `<digest>  <file name>` of several.
    ///
    /// @throws StoreException if a file cannot be read
    public String digest() {
        List<Path> files = files();
        if (files.size() == 1) {
            return Digests.sha256(files.getFirst());
        }
        MessageDigest all = Digests.start();
        for (Path file : files) {
            String line = Digests.sha256(file) + "  " + file.getFileName() + "\n";
            all.update(line.getBytes(StandardCharsets.UTF_8));
        }
        return Digests.finish(all);
    }

    /// Bytes of all files together.
    ///
    /// @throws StoreException if a file cannot be read
    public long fileBytes() {
        long bytes = 0;
        for (Path file : files()) {
            try {
                bytes += Files.size(file);
            } catch (IOException failure) {
                throw StoreException.of("read", file, failure);
            }
        }
        return bytes;
    }

    /// Hands on elements of a tensor as floats, a window at a time and in order; wider types are rounded.
    ///
    /// @param from first element
    /// @param count how many
    /// @throws StoreException if there is no such tensor or the file cannot be read
    public void floats(String name, long from, long count, FloatSink sink) {
        Located located = located(name);
        TensorInfo info = located.info;
        if (from < 0 || count < 0 || from > info.elements() - count) {
            throw new IllegalArgumentException(
                    "elements " + from + " to " + (from + count) + " of '" + name + "', which is " + info);
        }
        int size = info.type().bytes();
        long most = WINDOW / size;
        try (FileChannel channel = FileChannel.open(located.file, StandardOpenOption.READ);
                FloatConversion conversion = new FloatConversion(info.type(), Math.min(most, count))) {
            for (long done = 0; done < count; done += most) {
                long part = Math.min(most, count - done);
                long position = located.begin + (from + done) * size;
                if (position + part * size > channel.size()) {
                    throw new IOException("the file became shorter while it was read");
                }
                try (Arena arena = Arena.ofConfined()) {
                    MemorySegment window = channel.map(FileChannel.MapMode.READ_ONLY, position, part * size, arena);
                    sink.accept(done, conversion.floats(window, part));
                }
            }
        } catch (IOException failure) {
            throw StoreException.of("read", located.file, failure);
        }
    }

    /// A whole small tensor as floats.
    ///
    /// @throws StoreException if there is no such tensor, the file cannot be read, or no array can hold it
    public float[] floats(String name) {
        TensorInfo info = located(name).info;
        if (info.elements() > Integer.MAX_VALUE - 8) {
            throw new StoreException(place + ": tensor '" + name + "' is " + info + ", too large for one array");
        }
        float[] values = new float[(int) info.elements()];
        floats(
                name,
                0,
                values.length,
                (first, floats) ->
                        MemorySegment.copy(floats, ValueLayout.JAVA_FLOAT_UNALIGNED, 0, values, (int) first, (int)
                                (floats.byteSize() / Float.BYTES)));
        return values;
    }

    private Located located(String name) {
        Located located = tensors.get(name);
        if (located == null) {
            throw new StoreException(place + ": no tensor '" + name + "'; it holds " + tensors.size() + " others");
        }
        return located;
    }
}
