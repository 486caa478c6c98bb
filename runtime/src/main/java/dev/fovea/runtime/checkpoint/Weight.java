package dev.fovea.runtime.checkpoint;

import java.util.Arrays;
import java.util.List;

/// Where the elements of one parameter lie in a checkpoint, which may cut them otherwise: one after the other in
/// these pieces.
///
/// @param shape row-major sizes
/// @param pieces in order
record Weight(long[] shape, List<Piece> pieces) {
    /// A run of elements of a stored tensor.
    ///
    /// @param tensor name in the file
    /// @param first its first element
    /// @param count how many
    record Piece(String tensor, long first, long count) {}

    Weight {
        shape = shape.clone();
        pieces = List.copyOf(pieces);
    }

    @Override
    public long[] shape() {
        return shape.clone();
    }

    /// A whole stored tensor.
    static Weight whole(String tensor, long[] shape) {
        return new Weight(shape, List.of(new Piece(tensor, 0, product(shape))));
    }

    static long product(long[] shape) {
        return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    }

    /// Whether two shapes are the same but for axes of size 1, which the layouts place differently.
    static boolean same(long[] a, long[] b) {
        return Arrays.equals(
                Arrays.stream(a).filter(n -> n != 1).toArray(),
                Arrays.stream(b).filter(n -> n != 1).toArray());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Weight w && Arrays.equals(shape, w.shape) && pieces.equals(w.pieces);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(shape) + pieces.hashCode();
    }

    @Override
    public String toString() {
        return Arrays.toString(shape) + " of " + pieces;
    }
}
