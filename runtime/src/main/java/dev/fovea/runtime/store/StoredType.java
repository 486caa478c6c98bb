package dev.fovea.runtime.store;

import java.util.Arrays;
import java.util.Optional;

/// Element types of stored tensors, under their safetensors names. All are little-endian.
public enum StoredType {
    /// IEEE 754 double
    F64(8),
    /// IEEE 754 single
    F32(4),
    /// IEEE 754 half
    F16(2),
    /// the upper half of a single
    BF16(2),
    /// signed 64-bit integer
    I64(8),
    /// signed 32-bit integer
    I32(4),
    /// unsigned 8-bit integer
    U8(1),
    /// one byte, 0 or 1
    BOOL(1);

    private final int bytes;

    StoredType(int bytes) {
        this.bytes = bytes;
    }

    /// Size of one element in bytes.
    public int bytes() {
        return bytes;
    }

    /// The type of this name, if it is one that we store.
    public static Optional<StoredType> named(String name) {
        return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
    }
}
