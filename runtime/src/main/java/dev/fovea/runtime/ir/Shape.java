package dev.fovea.runtime.ir;

import java.util.Arrays;
import java.util.stream.Collectors;

/// A static shape; rank 0 is a scalar. Dimensions are fixed when the graph is built and never change.
public record Shape(int... dims) {
    /// @throws IllegalArgumentException if a dimension is not positive or there are 2^31 elements or more
    public Shape {
        dims = dims.clone();
        long elements = 1;
        for (int d : dims) {
            Check.that(d > 0, "dimension must be positive in %s", Arrays.toString(dims));
            elements *= d;
            Check.that(elements < 1L << 31, "more than 2^31 elements in %s", Arrays.toString(dims));
        }
    }

    /// The shape with these dimensions.
    public static Shape of(int... dims) {
        return new Shape(dims);
    }

    @Override
    public int[] dims() {
        return dims.clone();
    }

    /// Number of axes.
    public int rank() {
        return dims.length;
    }

    /// Size of an axis; negative axes count from the end.
    public int dim(int axis) {
        return dims[axis < 0 ? dims.length + axis : axis];
    }

    /// Number of elements; 1 for a scalar.
    public int elements() {
        int n = 1;
        for (int d : dims) {
            n *= d;
        }
        return n;
    }

    /// Number of rows when the last axis is the row.
    public int rows() {
        return elements() / dim(-1);
    }

    /// This shape with another last dimension.
    public Shape withLast(int d) {
        int[] copy = dims.clone();
        copy[copy.length - 1] = d;
        return new Shape(copy);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Shape s && Arrays.equals(dims, s.dims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    @Override
    public String toString() {
        return Arrays.stream(dims).mapToObj(Integer::toString).collect(Collectors.joining("x", "[", "]"));
    }
}
