package dev.fovea.datasets;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Tensors of B elements in native memory, row-major. Legend: B elements, S side in pixels, T tokens of context.
///
/// The memory is reused: a batch is valid until it is released.
public final class Batch {
    private static final int ALIGNMENT = 64;

    private final int size;
    private final int side;
    private final int context;
    private final MemorySegment pixels;
    private final MemorySegment boxMap;
    private final MemorySegment tokens;
    private final MemorySegment isGlobal;
    private final @Nullable MemorySegment allBoxes;
    private final Consumer<Batch> home;
    private @Nullable BatchElement[] elements;
    private long step;
    private boolean lent;

    Batch(Arena arena, int size, int side, int context, boolean withAllBoxes, Consumer<Batch> home) {
        this.size = size;
        this.side = side;
        this.context = context;
        this.pixels = arena.allocate(bytes(size, 3, side, side), ALIGNMENT);
        this.boxMap = arena.allocate(bytes(size, 1, side, side), ALIGNMENT);
        this.tokens = arena.allocate(bytes(size, 1, 1, context), ALIGNMENT);
        this.isGlobal = arena.allocate(bytes(size, 1, 1, 1), ALIGNMENT);
        this.allBoxes = withAllBoxes ? arena.allocate(bytes(size, 1, side, side), ALIGNMENT) : null;
        this.home = home;
        this.elements = new BatchElement[size];
    }

    /// Native bytes of one batch.
    static long bytesOf(int size, int side, int context, boolean withAllBoxes) {
        return bytes(size, withAllBoxes ? 5 : 4, side, side) + bytes(size, 1, 1, context + 1);
    }

    private static long bytes(long a, long b, long c, long d) {
        return Float.BYTES * a * b * c * d;
    }

    /// Number of elements B.
    public int size() {
        return size;
    }

    /// Side of the pictures in pixels S.
    public int side() {
        return side;
    }

    /// Tokens of a text T.
    public int context() {
        return context;
    }

    /// Normalised pictures, float32 (B, 3, S, S).
    public MemorySegment pixels() {
        return pixels;
    }

    /// 1 inside the element's boxes and 0 elsewhere, float32 (B, S, S); all 1 for a global caption.
    public MemorySegment boxMap() {
        return boxMap;
    }

    /// Whether the batch has [#allBoxes()].
    public boolean hasAllBoxes() {
        return allBoxes != null;
    }

    /// 1 inside any labelled box of the element's picture and 0 elsewhere, float32 (B, S, S).
    ///
    /// @throws IllegalStateException if these maps were not asked for
    public MemorySegment allBoxes() {
        if (allBoxes == null) {
            throw new IllegalStateException("the maps of all boxes were not asked for");
        }
        return allBoxes;
    }

    /// Token ids, int32 (B, T).
    public MemorySegment tokens() {
        return tokens;
    }

    /// 1 where the caption is that of the whole picture, else 0, float32 (B).
    public MemorySegment isGlobal() {
        return isGlobal;
    }

    /// What the elements show, in order.
    public List<BatchElement> elements() {
        return Arrays.stream(elements).map(Batch::filled).toList();
    }

    private static BatchElement filled(@Nullable BatchElement element) {
        if (element == null) {
            throw new IllegalStateException("the batch was not filled");
        }
        return element;
    }

    /// The training step, or the number of an evaluation batch.
    public long step() {
        return step;
    }

    /// Gives the memory back; the batch must not be used afterwards. Does nothing the second time.
    public void release() {
        synchronized (this) {
            if (!lent) {
                return;
            }
            lent = false;
        }
        home.accept(this);
    }

    synchronized void lend(long newStep) {
        step = newStep;
        lent = true;
    }

    void set(int element, BatchElement shown, int[] ids) {
        elements[element] = shown;
        MemorySegment.copy(ids, 0, tokens, ValueLayout.JAVA_INT, bytes(element, 1, 1, context), context);
        isGlobal.setAtIndex(ValueLayout.JAVA_FLOAT, element, shown.global() ? 1 : 0);
    }

    /// Copies an element over another, for padding.
    void copy(int from, int to) {
        elements[to] = elements[from];
        copy(pixels, bytes(1, 3, side, side), from, to);
        copy(boxMap, bytes(1, 1, side, side), from, to);
        if (allBoxes != null) {
            copy(allBoxes, bytes(1, 1, side, side), from, to);
        }
        copy(tokens, bytes(1, 1, 1, context), from, to);
        copy(isGlobal, bytes(1, 1, 1, 1), from, to);
    }

    private static void copy(MemorySegment segment, long bytes, int from, int to) {
        MemorySegment.copy(segment, from * bytes, segment, to * bytes, bytes);
    }
}
