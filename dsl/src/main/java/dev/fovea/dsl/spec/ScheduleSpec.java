package dev.fovea.dsl.spec;

/// Learning rate over time: linear warm-up, then cosine to zero.
///
/// @param type `cosine` or `constant`
/// @param warmup length of the warm-up
/// @param length length of the run
public record ScheduleSpec(String type, Duration warmup, Duration length) {}
