package dev.fovea.dsl.yaml;

/// A place in a source.
///
/// @param line from 1; 0 for the source as a whole
/// @param column in code points, from 1; 0 for the source as a whole
public record Mark(Source source, int line, int column) {}
