package dev.fovea.runtime.plan;

import dev.fovea.runtime.ir.Value;
import java.util.List;
import java.util.Map;

/// Which slot each value lives in. A slot is one whole array: kernels get no offset into it.
///
/// @param slotElements size of each slot in elements of four bytes
/// @param storeSlots the slots of parameters, which belong to the store and outlive the session
public record MemoryPlan(Map<Value, Integer> slotOf, List<Integer> slotElements, List<Integer> storeSlots) {
    /// Copies the collections.
    public MemoryPlan {
        slotOf = Map.copyOf(slotOf);
        slotElements = List.copyOf(slotElements);
        storeSlots = List.copyOf(storeSlots);
    }

    /// The slot of a value.
    ///
    /// @throws IllegalArgumentException if the program never computes it
    public int slot(Value v) {
        Integer slot = slotOf.get(v);
        if (slot == null) {
            throw new IllegalArgumentException(v + " has no memory: the program does not compute it");
        }
        return slot;
    }

    /// Bytes of all slots on a backend with four-byte elements.
    public long plannedBytes() {
        return slotElements.stream().mapToLong(n -> 4L * n).sum();
    }

    /// Bytes of the slots that belong to the store: parameters and optimizer state.
    public long storeBytes() {
        return storeSlots.stream().mapToLong(s -> 4L * slotElements.get(s)).sum();
    }

    /// Bytes if every value had memory of its own.
    public long naiveBytes() {
        return slotOf.keySet().stream().mapToLong(Value::bytes).sum();
    }
}
