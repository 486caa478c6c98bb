package dev.fovea.dsl.spec;

import java.util.List;

/// @param every how often to evaluate; the end of the run always counts
/// @param tasks `local-retrieval`, `selection-recall`
/// @param scenes scenes evaluated in each split
/// @param gallery captions each region is ranked against
/// @param maxTokens patches selected in the one look of an evaluation; 0 for as many as in training
public record EvalSpec(Duration every, List<String> tasks, int scenes, int gallery, int maxTokens) {}
