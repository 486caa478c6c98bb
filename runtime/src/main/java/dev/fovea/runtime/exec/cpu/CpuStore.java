package dev.fovea.runtime.exec.cpu;

import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.exec.cpu.kernel.Lanes;
import dev.fovea.runtime.ir.Value;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Parameters and optimizer state as float32 arrays.
final class CpuStore implements Store {
    private final Arena arena = Arena.ofShared();
    private final Map<String, Tensor> data = new LinkedHashMap<>();
    private final Workspaces workspaces = new Workspaces();

    /// An array that may be longer than its elements, to end with a whole vector.
    private record Tensor(int elements, MemorySegment array) {}

    /// Memory that the sessions of this store use in turn.
    Workspaces workspaces() {
        return workspaces;
    }

    /// The array of a parameter, made of zeros if it is new.
    ///
    /// @throws IllegalArgumentException if the store holds it with another number of elements
    MemorySegment array(Value parameter) {
        int elements = parameter.shape().elements();
        Tensor tensor =
                data.computeIfAbsent(parameter.name(), _ -> new Tensor(elements, Lanes.allocate(arena, elements)));
        if (tensor.elements != elements) {
            throw new IllegalArgumentException("the store holds " + parameter.name() + " with " + tensor.elements
                    + " elements, the program wants " + parameter);
        }
        return tensor.array;
    }

    /// Makes the arrays of parameters that are new, on all cores: the first touch of gigabytes of memory takes
    /// many seconds on one.
    void addAll(List<Value> parameters) {
        List<Value> fresh = parameters.stream()
                .filter(parameter -> !data.containsKey(parameter.name()))
                .toList();
        List<MemorySegment> arrays = fresh.parallelStream()
                .map(parameter -> Lanes.allocate(arena, parameter.shape().elements()))
                .toList();
        for (int i = 0; i < fresh.size(); i++) {
            Value parameter = fresh.get(i);
            data.putIfAbsent(parameter.name(), new Tensor(parameter.shape().elements(), arrays.get(i)));
        }
    }

    private Tensor known(String name) {
        Tensor tensor = data.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("no parameter " + name + " in the store");
        }
        return tensor;
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(data.keySet());
    }

    @Override
    public int elements(String name) {
        return known(name).elements;
    }

    @Override
    public void write(String name, MemorySegment floats) {
        Tensor tensor = known(name);
        MemorySegment.copy(floats, 0, tensor.array, 0, 4L * tensor.elements);
    }

    @Override
    public void write(String name, long first, MemorySegment floats) {
        Tensor tensor = known(name);
        if (first < 0 || first + floats.byteSize() / Float.BYTES > tensor.elements) {
            throw new IllegalArgumentException(floats.byteSize() / Float.BYTES + " elements from " + first
                    + " on do not fit " + name + ", which has " + tensor.elements);
        }
        MemorySegment.copy(floats, 0, tensor.array, Float.BYTES * first, floats.byteSize());
    }

    @Override
    public MemorySegment view(String name, Arena callersArena) {
        Tensor tensor = known(name);
        return tensor.array.asSlice(0, 4L * tensor.elements).asReadOnly();
    }

    @Override
    public void read(String name, MemorySegment floats) {
        Tensor tensor = known(name);
        MemorySegment.copy(tensor.array, 0, floats, 0, 4L * tensor.elements);
    }

    @Override
    public void close() {
        data.clear();
        arena.close();
    }
}
