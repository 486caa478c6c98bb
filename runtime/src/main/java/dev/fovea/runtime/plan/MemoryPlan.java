package dev.fovea.runtime.plan;

import dev.fovea.runtime.ir.Value;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Where each value lives: in a slot, which is a range of elements of one of three regions.
///
/// Slots of a region may overlap where the values in them are never needed at the same time; [PlanVerifier] proves
/// that. Plans of [WholeArrays] have no overlapping slots, for devices whose kernels take whole arrays.
///
/// @param slotOf slot of each value
/// @param slots every slot; sizes and starts in elements of four bytes
public record MemoryPlan(Map<Value, Integer> slotOf, List<Slot> slots) {
    /// Slots start at multiples of so many elements (256 bytes), so that no two of them share a vector.
    public static final int UNIT = 64;

    /// Copies the collections.
    public MemoryPlan {
        slotOf = Map.copyOf(slotOf);
        slots = List.copyOf(slots);
    }

    /// Whose memory a slot is part of.
    public enum Region {
        /// parameters and their state, each an array by name that outlives the session
        STORE,
        /// what the host writes before a run or reads after it; belongs to the session
        HOST,
        /// everything else: worth nothing between two runs, so that programs which take turns can share it
        WORK
    }

    /// A range of a region.
    ///
    /// @param start first element in its region; 0 in the store, where every slot is an array of its own
    /// @param elements elements used, at most
    public record Slot(Region region, long start, int elements) {
        /// Elements taken up, the rest of the last unit included.
        public long taken() {
            return padded(elements);
        }
    }

    /// Elements rounded up to whole units, one at least.
    public static long padded(long elements) {
        return Math.ceilDiv(Math.max(1, elements), UNIT) * UNIT;
    }

    /// The slot of a value.
    ///
    /// @throws IllegalArgumentException if the program never computes it
    public Slot slot(Value v) {
        return slots.get(number(v));
    }

    /// The number of a value's slot.
    ///
    /// @throws IllegalArgumentException if the program never computes it
    public int number(Value v) {
        Integer slot = slotOf.get(v);
        if (slot == null) {
            throw new IllegalArgumentException(v + " has no memory: the program does not compute it");
        }
        return slot;
    }

    /// Bytes of a region on a backend with four-byte elements.
    public long bytes(Region region) {
        return 4 * elements(region);
    }

    /// Elements of a region: the sum of the store's arrays, the end of the last slot elsewhere.
    public long elements(Region region) {
        var own = slots.stream().filter(s -> s.region() == region);
        return region == Region.STORE
                ? own.mapToLong(Slot::taken).sum()
                : own.mapToLong(s -> s.start() + s.taken()).max().orElse(0);
    }

    /// Bytes of all regions.
    public long plannedBytes() {
        return bytes(Region.STORE) + bytes(Region.HOST) + bytes(Region.WORK);
    }

    /// Bytes of parameters and optimizer state.
    public long storeBytes() {
        return bytes(Region.STORE);
    }

    /// Bytes if every value had memory of its own.
    public long naiveBytes() {
        Map<Region, Long> all = new EnumMap<>(Region.class);
        slotOf.forEach(
                (v, s) -> all.merge(slots.get(s).region(), 4 * padded(v.shape().elements()), Long::sum));
        return storeBytes() + all.getOrDefault(Region.HOST, 0L) + all.getOrDefault(Region.WORK, 0L);
    }
}
