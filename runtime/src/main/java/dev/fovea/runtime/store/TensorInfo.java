package dev.fovea.runtime.store;

import java.util.Arrays;

/// Type and shape of a stored tensor.
///
/// @param type element type
/// @param shape sizes, row-major; empty for a scalar
public record TensorInfo(StoredType type, long[] shape) {
    /// Copies the shape and checks that no size is negative and that the byte count fits a long.
    public TensorInfo {
        shape = shape.clone();
        for (long size : shape) {
            if (size < 0) {
                throw new IllegalArgumentException("negative size in shape " + Arrays.toString(shape));
            }
        }
        count(type, shape);
    }

    /// A copy of the sizes.
    @Override
    public long[] shape() {
        return shape.clone();
    }

    /// Number of elements; 1 for a scalar.
    public long elements() {
        return count(type, shape) / type.bytes();
    }

    /// Number of bytes.
    public long bytes() {
        return count(type, shape);
    }

    private static long count(StoredType type, long[] shape) {
        if (Arrays.stream(shape).anyMatch(size -> size == 0)) {
            return 0;
        }
        long bytes = type.bytes();
        for (long size : shape) {
            long high = Math.multiplyHigh(bytes, size);
            bytes *= size;
            if (high != 0 || bytes < 0) {
                throw new IllegalArgumentException("shape " + Arrays.toString(shape) + " of " + type + " is too large");
            }
        }
        return bytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TensorInfo info && type == info.type && Arrays.equals(shape, info.shape);
    }

    @Override
    public int hashCode() {
        return 31 * type.hashCode() + Arrays.hashCode(shape);
    }

    @Override
    public String toString() {
        return type + Arrays.toString(shape);
    }
}
