package dev.fovea.runtime.exec.cpu;

import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.ir.Value;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// Parameters and optimizer state as float32 arrays.
final class CpuStore implements Store {
    private final Arena arena = Arena.ofShared();
    private final Map<String, MemorySegment> data = new LinkedHashMap<>();

    /// The array of a parameter, made of zeros if it is new.
    ///
    /// @throws IllegalArgumentException if the store holds it with another number of elements
    MemorySegment array(Value parameter) {
        MemorySegment array = data.computeIfAbsent(parameter.name(), _ -> arena.allocate(parameter.bytes(), 64));
        if (array.byteSize() != parameter.bytes()) {
            throw new IllegalArgumentException("the store holds " + parameter.name() + " with " + array.byteSize() / 4
                    + " elements, the program wants " + parameter);
        }
        return array;
    }

    private MemorySegment known(String name) {
        MemorySegment array = data.get(name);
        if (array == null) {
            throw new IllegalArgumentException("no parameter " + name + " in the store");
        }
        return array;
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(data.keySet());
    }

    @Override
    public int elements(String name) {
        return (int) (known(name).byteSize() / 4);
    }

    @Override
    public void write(String name, MemorySegment floats) {
        MemorySegment array = known(name);
        MemorySegment.copy(floats, 0, array, 0, array.byteSize());
    }

    @Override
    public void read(String name, MemorySegment floats) {
        MemorySegment array = known(name);
        MemorySegment.copy(array, 0, floats, 0, array.byteSize());
    }

    @Override
    public void close() {
        data.clear();
        arena.close();
    }
}
