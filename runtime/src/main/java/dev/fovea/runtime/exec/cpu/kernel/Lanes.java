package dev.fovea.runtime.exec.cpu.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The vector shape of this machine and the layouts of the arrays. Kernels read these constants directly: a
/// species that reaches a vector operation as a variable makes it some thirty times slower.
public final class Lanes {
    /// The widest vector of floats that this machine handles well, fixed when the class is loaded.
    public static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;

    private static final int ALIGNMENT = 64;

    /// Floats in one vector.
    public static final int WIDTH = FLOATS.length();

    /// Byte order of every array.
    public static final ByteOrder ORDER = ByteOrder.nativeOrder();

    /// One float of an array.
    public static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    /// One 32-bit integer of an array of indices.
    public static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    private Lanes() {}

    /// An array of `elements` four-byte elements, all 0, whose memory is aligned to whole vectors and reaches
    /// to the end of the last one, as elementwise kernels need it.
    public static MemorySegment allocate(Arena arena, long elements) {
        long unit = Math.max(ALIGNMENT, 4L * WIDTH);
        return arena.allocate(Math.ceilDiv(4 * Math.max(1, elements), unit) * unit, unit);
    }
}
