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

    private final SequencedMap<String, TensorView> tensors = new LinkedHashMap<>();
    private final SequencedMap<String, String> metadata = new LinkedHashMap<>();

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
        if (name.equals(SafetensorsHeader.METADATA)) {
            throw new IllegalArgumentException("the name " + name + " is reserved by the format");
        }
        if (tensors.putIfAbsent(name, tensor) != null) {
            throw new IllegalArgumentException("two tensors are named '" + name + "'");
        }
        return this;
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
        List<Map.Entry<String, TensorView>> ordered = new ArrayList<>(tensors.sequencedEntrySet());
        ordered.sort(
                Comparator.comparingInt(entry -> -entry.getValue().info().type().bytes()));
        byte[] header = header(ordered);
        out.write(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .array());
        out.write(header);
        byte[] chunk = new byte[CHUNK];
        for (Map.Entry<String, TensorView> entry : ordered) {
            copy(entry.getValue().data(), chunk, out);
        }
    }

    private byte[] header(List<Map.Entry<String, TensorView>> ordered) {
        ObjectNode root = JSON.createObjectNode();
        if (!metadata.isEmpty()) {
            ObjectNode texts = root.putObject(SafetensorsHeader.METADATA);
            metadata.forEach(texts::put);
        }
        long begin = 0;
        for (Map.Entry<String, TensorView> entry : ordered) {
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
}
