package dev.fovea.runtime.parity;

/// What the comparison of one output found.
///
/// @param tensor name of the output; with a note in brackets where a second test of the same output is meant
/// @param passed whether the test holds
/// @param worst the largest error, or NaN where none could be computed
/// @param allowed the largest error allowed, or NaN where none is recorded
/// @param detail what failed, or how the output was tested where that is not plain; may be empty
public record Finding(String tensor, boolean passed, double worst, double allowed, String detail) {}
