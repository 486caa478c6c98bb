package dev.fovea.dsl.spec;

/// @param global elements contrasted with each other in one step
public record BatchSpec(int global) {}
