package dev.fovea.runtime.exec.cpu;

import dev.fovea.runtime.exec.cpu.kernel.Lanes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Memory that steps use while they run and leave to the next one. Its size is the largest that any of them
/// reserved.
final class Scratch {
    private long floats;
    private MemorySegment segment = MemorySegment.NULL;

    /// Asks for at least this many floats. Only before [#allocate].
    void reserve(long size) {
        floats = Math.max(floats, size);
    }

    /// Makes the memory; steps may run from now on.
    void allocate(Arena arena) {
        segment = Lanes.allocate(arena, floats);
    }

    /// The memory. A step asks for it when it runs, not when it is made.
    MemorySegment segment() {
        return segment;
    }

    /// Bytes held.
    long bytes() {
        return segment.byteSize();
    }
}
