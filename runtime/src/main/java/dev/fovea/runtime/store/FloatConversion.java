package dev.fovea.runtime.store;

import dev.fovea.dsl.run.StoreException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Stored elements as float32 in native order, a window at a time, through one buffer that is used again.
final class FloatConversion implements AutoCloseable {
    private static final ByteOrder LITTLE = ByteOrder.LITTLE_ENDIAN;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE);
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LITTLE);
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(LITTLE);

    private final StoredType type;
    private final boolean direct;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment buffer;

    /// @param most elements of the largest window
    FloatConversion(StoredType type, long most) {
        this.type = type;
        this.direct = type == StoredType.F32 && ByteOrder.nativeOrder() == LITTLE;
        this.buffer = direct ? MemorySegment.NULL : arena.allocate(Math.max(1, most) * Float.BYTES, Float.BYTES);
    }

    /// The first `count` elements of a window; valid until the next call.
    MemorySegment floats(MemorySegment window, long count) {
        if (direct) {
            return window;
        }
        switch (type) {
            case F32 -> fill(count, i -> window.getAtIndex(FLOAT, i));
            case F16 -> fill(count, i -> Float.float16ToFloat(window.getAtIndex(SHORT, i)));
            case BF16 -> fill(count, i -> Float.intBitsToFloat(window.getAtIndex(SHORT, i) << 16));
            case F64 -> fill(count, i -> (float) window.getAtIndex(DOUBLE, i));
            case I64 -> fill(count, i -> window.getAtIndex(LONG, i));
            case I32 -> fill(count, i -> window.getAtIndex(INT, i));
            case U8, BOOL -> fill(count, i -> window.get(ValueLayout.JAVA_BYTE, i) & 0xff);
        }
        return buffer.asSlice(0, count * Float.BYTES);
    }

    private interface Elements {
        float at(long index);
    }

    private void fill(long count, Elements elements) {
        for (long i = 0; i < count; i++) {
            buffer.setAtIndex(ValueLayout.JAVA_FLOAT, i, elements.at(i));
        }
    }

    /// The other way: floats as `type`, F32, F16 or BF16, rounded to nearest even.
    ///
    /// @throws StoreException if a finite value would become infinite
    ///
    /// @param floats float32 in native order
    /// @param bytes receives as many little-endian elements from its beginning on
    static void narrow(MemorySegment floats, StoredType type, MemorySegment bytes) {
        long count = floats.byteSize() / Float.BYTES;
        for (long i = 0; i < count; i++) {
            float value = floats.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i);
            switch (type) {
                case F32 -> bytes.setAtIndex(FLOAT, i, value);
                case F16 -> bytes.setAtIndex(SHORT, i, half(value));
                case BF16 -> bytes.setAtIndex(SHORT, i, bfloat16(value));
                case F64, I64, I32, U8, BOOL -> throw new IllegalArgumentException("no rounding to " + type);
            }
        }
    }

    private static short half(float value) {
        short bits = Float.floatToFloat16(value);
        if (Float.isFinite(value) && (bits & 0x7fff) == 0x7c00) {
            throw new StoreException("the value " + value + " is beyond F16, which ends at 65504; use BF16 or F32");
        }
        return bits;
    }

    /// The upper half of a float, rounded to nearest even; NaN stays NaN.
    static short bfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
    }

    @Override
    public void close() {
        arena.close();
    }
}
