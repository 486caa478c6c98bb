package dev.fovea.runtime.ir;

/// A tensor that the program reads or computes, known by its number.
///
/// @param id unique in its graph
/// @param name parameter, input or op name, for people
public record Value(int id, String name, DType type, Shape shape) {
    /// Bytes of the data as the fast backends hold it.
    public long bytes() {
        return 4L * shape.elements();
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Value v && v.id == id && v.name.equals(name) && v.shape.equals(shape) && v.type == type;
    }

    @Override
    public int hashCode() {
        return id;
    }

    @Override
    public String toString() {
        return "%" + id + ":" + name + (type == DType.F32 ? "" : ":" + type) + shape;
    }
}
