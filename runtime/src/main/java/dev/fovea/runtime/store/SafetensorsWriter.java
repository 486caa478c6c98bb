package dev.fovea.runtime.store;

import dev.fovea.dsl.run.AtomicFiles;
import dev.fovea.dsl.run.StoreException;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Collects tensors and writes them as one safetensors file, streaming: no tensor is copied as a whole.
///
/// Data lie in the order in which tensors were added, wider element types first, so that every tensor is aligned
/// to its
/// element; the header is padded with spaces to a multiple of 8. Equal calls give equal bytes.
public final class SafetensorsWriter {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int CHUNK = 1 << 16;

    private final SequencedMap<String, Entry> tensors = new LinkedHashMap<>();
    private final SequencedMap<String, String> metadata = new LinkedHashMap<>();

    /// Writes the data of one tensor: exactly as many bytes as its type and shape say.
    @FunctionalInterface
    public interface TensorContent {
        /// Writes little-endian elements, row-major; the stream is the caller's to close.
        void writeTo(OutputStream out) throws IOException;
    }

    private record Entry(TensorInfo info, TensorContent content) {}

    /// Adds a tensor whose data are made while the file is written, so that it never lies in memory as a whole.
    ///
    /// @param name unique in the file
    /// @param info type and shape
    /// @param content called once for each time the file is written
    public SafetensorsWriter add(String name, TensorInfo info, TensorContent content) {
        if (name.equals(SafetensorsHeader.METADATA)) {
            throw new IllegalArgumentException("the name " + name + " is reserved by the format");
        }
        if (tensors.putIfAbsent(name, new Entry(info, content)) != null) {
            throw new IllegalArgumentException("two tensors are named '" + name + "'");
        }
        return this;
    }

    /// Adds a tensor whose data stay valid until the file is written.
    ///
    /// @param name unique in the file
    /// @param type element type
    /// @param shape sizes, row-major; empty for a scalar
    /// @param data little-endian elements
    public SafetensorsWriter add(String name, StoredType type, long[] shape, MemorySegment data) {
        return add(name, TensorView.of(type, shape, data));
    }

    /// Adds a copy of float values as F32.
    public SafetensorsWriter add(String name, long[] shape, float... values) {
        return add(name, TensorView.of(shape, values));
    }

    /// Adds a copy of integer values as I32.
    public SafetensorsWriter add(String name, long[] shape, int... values) {
        return add(name, TensorView.of(shape, values));
    }

    /// Adds a tensor.
    public SafetensorsWriter add(String name, TensorView tensor) {
        return add(name, tensor.info(), out -> copy(tensor.data(), new byte[CHUNK], out));
    }

    /// Adds a free text to the header.
    public SafetensorsWriter metadata(String key, String value) {
        metadata.put(key, value);
        return this;
    }

    /// Writes the file beside its place, fsyncs it and renames it.
    ///
    /// @throws StoreException if the file cannot be written; an old file is then untouched
    public void write(Path file) {
        AtomicFiles.write(file, this::writeTo);
    }

    /// Writes the whole file to a stream.
    public void writeTo(OutputStream out) throws IOException {
        List<Map.Entry<String, Entry>> ordered = new ArrayList<>(tensors.sequencedEntrySet());
        ordered.sort(
                Comparator.comparingInt(entry -> -entry.getValue().info().type().bytes()));
        byte[] header = header(ordered);
        out.write(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .array());
        out.write(header);
        for (Map.Entry<String, Entry> entry : ordered) {
            Counted counted = new Counted(out);
            entry.getValue().content().writeTo(counted);
            if (counted.bytes != entry.getValue().info().bytes()) {
                throw new IllegalStateException("tensor '" + entry.getKey() + "' is "
                        + entry.getValue().info() + " and got " + counted.bytes + " bytes");
            }
        }
    }

    private byte[] header(List<Map.Entry<String, Entry>> ordered) {
        ObjectNode root = JSON.createObjectNode();
        if (!metadata.isEmpty()) {
            ObjectNode texts = root.putObject(SafetensorsHeader.METADATA);
            metadata.forEach(texts::put);
        }
        long begin = 0;
        for (Map.Entry<String, Entry> entry : ordered) {
            TensorInfo info = entry.getValue().info();
            ObjectNode node = root.putObject(entry.getKey());
            node.put("dtype", info.type().name());
            ArrayNode shape = node.putArray("shape");
            for (long size : info.shape()) {
                shape.add(size);
            }
            long end = begin + info.bytes();
            node.putArray("data_offsets").add(begin).add(end);
            begin = end;
        }
        String json = root.toString();
        int bytes = json.getBytes(StandardCharsets.UTF_8).length;
        return (json + " ".repeat((8 - bytes % 8) % 8)).getBytes(StandardCharsets.UTF_8);
    }

    private static void copy(MemorySegment data, byte[] chunk, OutputStream out) throws IOException {
        for (long done = 0; done < data.byteSize(); done += chunk.length) {
            int part = (int) Math.min(chunk.length, data.byteSize() - done);
            MemorySegment.copy(data, ValueLayout.JAVA_BYTE, done, chunk, 0, part);
            out.write(chunk, 0, part);
        }
    }

    /// Counts what passes through.
    private static final class Counted extends OutputStream {
        private final OutputStream out;
        private long bytes;

        Counted(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int value) throws IOException {
            out.write(value);
            bytes++;
        }

        @Override
        public void write(byte[] values, int offset, int length) throws IOException {
            out.write(values, offset, length);
            bytes += length;
        }
    }
}
