package dev.fovea.runtime.exec;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Set;

/// Parameters and optimizer state by name, shared by the sessions of one run: a training step and an evaluation
/// read
/// the
/// same memory. Values are zero until written.
public interface Store extends AutoCloseable {
    /// Names in order of first use.
    Set<String> names();

    /// Elements of a tensor.
    int elements(String name);

    /// Overwrites a tensor from float32 in native order.
    void write(String name, MemorySegment floats);

    /// Overwrites some elements of a tensor from float32 in native order, for data that come piece by piece.
    /// Backends that can write a part should; otherwise the whole tensor is read and written.
    ///
    /// @param first index of the first element
    /// @param floats perhaps unaligned
    /// @throws IllegalArgumentException if the tensor has fewer elements
    default void write(String name, long first, MemorySegment floats) {
        long whole = 4L * elements(name);
        if (first < 0 || 4 * first + floats.byteSize() > whole) {
            throw new IllegalArgumentException(floats.byteSize() / 4 + " elements from " + first + " on do not fit "
                    + name + ", which has " + elements(name));
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment all = arena.allocate(whole, Float.BYTES);
            if (floats.byteSize() < whole) {
                read(name, all);
            }
            MemorySegment.copy(floats, 0, all, 4 * first, floats.byteSize());
            write(name, all);
        }
    }

    /// A tensor as float32 in native order, to be read before the store changes: its own memory where a backend
    /// can show it, else a copy in `arena`.
    default MemorySegment view(String name, Arena arena) {
        MemorySegment copy = arena.allocate(4L * elements(name), 64);
        read(name, copy);
        return copy;
    }

    /// Copies a tensor out as float32 in native order.
    void read(String name, MemorySegment floats);

    @Override
    void close();
}
