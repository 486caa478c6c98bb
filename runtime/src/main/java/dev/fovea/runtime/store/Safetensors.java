package dev.fovea.runtime.store;

import dev.fovea.dsl.run.StoreException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.Set;

/// A safetensors file, memory-mapped. Nothing is read before it is asked for, and a damaged file is refused
/// whole.
///
/// Format: https://github.com/huggingface/safetensors. Data need not be aligned, so elements are read unaligned.
public final class Safetensors {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final String file;
    private final SafetensorsHeader header;
    private final MemorySegment data;

    private Safetensors(String file, SafetensorsHeader header, MemorySegment data) {
        this.file = file;
        this.header = header;
        this.data = data;
    }

    /// Maps a file and checks its header against its length.
    ///
    /// @param path the file
    /// @param arena how long the mapping lives
    /// @throws StoreException if the file is missing, not safetensors, or damaged
    public static Safetensors open(Path path, Arena arena) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return read(path.toString(), channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
        } catch (IOException failure) {
            throw StoreException.of("read", path, failure);
        }
    }

    /// Reads from memory that holds a whole file.
    static Safetensors read(String file, MemorySegment bytes) {
        SafetensorsHeader.checkSize(file, bytes.byteSize());
        long length = bytes.get(LONG, 0);
        SafetensorsHeader.checkLength(file, length, bytes.byteSize() - 8);
        byte[] json = bytes.asSlice(8, length).toArray(ValueLayout.JAVA_BYTE);
        MemorySegment data = bytes.asSlice(8 + length);
        return new Safetensors(file, SafetensorsHeader.parse(file, json, data.byteSize()), data);
    }

    /// Names of the tensors in the order of their data.
    public Set<String> names() {
        return Collections.unmodifiableSet(header.entries().sequencedKeySet());
    }

    /// The free texts of the file, in file order.
    public SequencedMap<String, String> metadata() {
        return Collections.unmodifiableSequencedMap(header.metadata());
    }

    /// Type and shape of a tensor.
    ///
    /// @throws StoreException if the file has no tensor of this name
    public TensorInfo info(String name) {
        return entry(name).info();
    }

    /// The bytes of a tensor in the file: little-endian, row-major, read-only, perhaps unaligned.
    ///
    /// @throws StoreException if the file has no tensor of this name
    public MemorySegment data(String name) {
        SafetensorsHeader.Entry entry = entry(name);
        return data.asSlice(entry.begin(), entry.info().bytes());
    }

    /// All tensors in the order of their data.
    public SequencedMap<String, TensorView> views() {
        SequencedMap<String, TensorView> views = new LinkedHashMap<>();
        header.entries().forEach((name, entry) -> views.put(name, new TensorView(entry.info(), data(name))));
        return views;
    }

    /// A copy of a tensor as floats; wider types are rounded.
    ///
    /// @throws StoreException if there is no such tensor or it does not fit an array
    public float[] floats(String name) {
        MemorySegment bytes = data(name);
        float[] values = new float[arrayLength(name)];
        switch (info(name).type()) {
            case F32 -> MemorySegment.copy(bytes, FLOAT, 0, values, 0, values.length);
            case F64 -> fill(values, i -> (float) bytes.getAtIndex(DOUBLE, i));
            case F16 -> fill(values, i -> Float.float16ToFloat(bytes.getAtIndex(SHORT, i)));
            case BF16 -> fill(values, i -> Float.intBitsToFloat(bytes.getAtIndex(SHORT, i) << 16));
            case I64 -> fill(values, i -> bytes.getAtIndex(LONG, i));
            case I32 -> fill(values, i -> bytes.getAtIndex(INT, i));
            case U8, BOOL -> fill(values, i -> bytes.get(ValueLayout.JAVA_BYTE, i) & 0xff);
        }
        return values;
    }

    /// A copy of a tensor as doubles; exact but for I64 beyond 2^53.
    ///
    /// @throws StoreException if there is no such tensor or it does not fit an array
    public double[] doubles(String name) {
        StoredType type = info(name).type();
        if (type != StoredType.F64 && type != StoredType.I64 && type != StoredType.I32) {
            float[] values = floats(name);
            double[] wide = new double[values.length];
            for (int i = 0; i < wide.length; i++) {
                wide[i] = values[i];
            }
            return wide;
        }
        MemorySegment bytes = data(name);
        double[] values = new double[arrayLength(name)];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (type) {
                case F64 -> bytes.getAtIndex(DOUBLE, i);
                case I64 -> bytes.getAtIndex(LONG, i);
                default -> bytes.getAtIndex(INT, i);
            };
        }
        return values;
    }

    /// A copy of an integer or boolean tensor.
    ///
    /// @throws StoreException if there is no such tensor, it holds fractions, or it does not fit an array
    public long[] longs(String name) {
        MemorySegment bytes = data(name);
        TensorInfo info = info(name);
        long[] values = new long[arrayLength(name)];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (info.type()) {
                case I64 -> bytes.getAtIndex(LONG, i);
                case I32 -> bytes.getAtIndex(INT, i);
                case U8, BOOL -> bytes.get(ValueLayout.JAVA_BYTE, i) & 0xff;
                case F64, F32, F16, BF16 ->
                    throw new StoreException(file + ": tensor '" + name + "' is " + info + ", not integers");
            };
        }
        return values;
    }

    private SafetensorsHeader.Entry entry(String name) {
        SafetensorsHeader.Entry entry = header.entries().get(name);
        if (entry == null) {
            throw new StoreException(file + ": no tensor '" + name + "'; it holds "
                    + header.entries().size() + " others");
        }
        return entry;
    }

    private int arrayLength(String name) {
        long elements = info(name).elements();
        if (elements > Integer.MAX_VALUE - 8) {
            throw new StoreException(
                    file + ": tensor '" + name + "' has " + elements + " elements, too many for one array");
        }
        return (int) elements;
    }

    private interface Elements {
        float at(int index);
    }

    private static void fill(float[] values, Elements elements) {
        for (int i = 0; i < values.length; i++) {
            values[i] = elements.at(i);
        }
    }
}
