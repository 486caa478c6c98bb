package dev.fovea.dsl.spec;

/// @param compute `fp32`
public record PrecisionSpec(String compute) {}
