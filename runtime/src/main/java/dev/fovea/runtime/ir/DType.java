package dev.fovea.runtime.ir;

/// Element types. Both take four bytes.
public enum DType {
    /// 32-bit floating point; double on the reference backend
    F32,
    /// 32-bit integers: indices and tokens
    I32
}
