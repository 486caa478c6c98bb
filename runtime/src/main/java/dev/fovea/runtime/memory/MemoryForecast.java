package dev.fovea.runtime.memory;

/// What the process of a run will hold when it holds most, in bytes by part. All of it is touched, so that it is what
/// the system sees as the peak of resident memory.
///
/// @param store parameters and optimizer state
/// @param work what the larger of the two programs computes with; they take turns in it
/// @param host inputs and results of both programs
/// @param batches pictures waiting to be trained on, and one batch of evaluation
/// @param heap Java objects: the young generation, which fills up, and what lives longer
/// @param machine the Java machine itself: its code and ours, compiled code, the compiler at work, stacks, packing
///     buffers of kernels
public record MemoryForecast(long store, long work, long host, long batches, long heap, long machine) {
    /// Measured: a Java machine that has compiled the kernels of a step (docs/decisions/013-memory.md).
    private static final long MACHINE = 150L << 20;

    /// Objects that stay: the tokenizer, sprites, the program.
    private static final long LASTING = 40L << 20;

    /// The rule for the heap and the machine, given the rest.
    ///
    /// @param young bytes of the young generation
    /// @param most bytes that the heap may take
    /// @param side side of a picture in pixels
    public static MemoryForecast of(long store, long work, long host, long batches, long young, long most, int side) {
        return new MemoryForecast(store, work, host, batches, heap(young, most, side), MACHINE);
    }

    /// Pictures that are large beside the young generation are old at once, and the old generation grows to what it
    /// may take before it is searched for garbage.
    private static long heap(long young, long most, int side) {
        boolean large = 4L * side * side > young / 4;
        return large ? Math.max(most, young + LASTING) : young + LASTING;
    }

    /// All of it.
    public long total() {
        return store + work + host + batches + heap + machine;
    }
}
