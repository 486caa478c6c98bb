package dev.fovea.runtime.store;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;

/// Writes floats as F32, F16 or BF16 to a stream, through a small buffer.
public final class FloatsOut {
    private static final int CHUNK = 1 << 16;

    private FloatsOut() {}

    /// Writes float32 in native order as `type`, rounded to nearest even.
    ///
    /// @throws IllegalArgumentException if `type` holds no floats of at most 32 bits
    public static void write(MemorySegment floats, StoredType type, OutputStream out) throws IOException {
        long count = floats.byteSize() / Float.BYTES;
        byte[] chunk = new byte[CHUNK];
        MemorySegment bytes = MemorySegment.ofArray(chunk);
        int most = CHUNK / type.bytes();
        for (long done = 0; done < count; done += most) {
            long part = Math.min(most, count - done);
            FloatConversion.narrow(floats.asSlice(done * Float.BYTES, part * Float.BYTES), type, bytes);
            out.write(chunk, 0, (int) part * type.bytes());
        }
    }

    /// Writes elements of a stored tensor as `type`; what is stored as `type` already keeps its bits, but for
    /// payloads of NaN.
    ///
    /// @throws IllegalArgumentException if `type` holds no floats of at most 32 bits
    /// @throws dev.fovea.dsl.run.StoreException if the tensor cannot be read
    public static void copy(TensorFiles files, String name, long first, long count, StoredType type, OutputStream out)
            throws IOException {
        try {
            files.floats(name, first, count, (_, floats) -> {
                try {
                    write(floats, type, out);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
