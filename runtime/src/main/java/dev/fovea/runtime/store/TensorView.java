package dev.fovea.runtime.store;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// A tensor to be stored, or one just read: its type and shape, and where its elements lie.
///
/// @param info type and shape
/// @param data the elements, row-major, little-endian; exactly `info.bytes()` bytes
public record TensorView(TensorInfo info, MemorySegment data) {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// Checks that the data are as long as the shape says.
    public TensorView {
        if (data.byteSize() != info.bytes()) {
            throw new IllegalArgumentException(
                    info + " needs " + info.bytes() + " bytes, its data have " + data.byteSize());
        }
    }

    /// A view of data in this machine's memory.
    public static TensorView of(StoredType type, long[] shape, MemorySegment data) {
        return new TensorView(new TensorInfo(type, shape), data);
    }

    /// A copy of float values as F32.
    public static TensorView of(long[] shape, float... values) {
        MemorySegment bytes = MemorySegment.ofArray(new byte[Math.multiplyExact(4, values.length)]);
        MemorySegment.copy(values, 0, bytes, FLOAT, 0, values.length);
        return of(StoredType.F32, shape, bytes);
    }

    /// A copy of integer values as I32.
    public static TensorView of(long[] shape, int... values) {
        MemorySegment bytes = MemorySegment.ofArray(new byte[Math.multiplyExact(4, values.length)]);
        MemorySegment.copy(
                values, 0, bytes, ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0, values.length);
        return of(StoredType.I32, shape, bytes);
    }

    /// A copy of integer values as I64.
    public static TensorView of(long[] shape, long... values) {
        MemorySegment bytes = MemorySegment.ofArray(new byte[Math.multiplyExact(8, values.length)]);
        MemorySegment.copy(
                values, 0, bytes, ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0, values.length);
        return of(StoredType.I64, shape, bytes);
    }
}
