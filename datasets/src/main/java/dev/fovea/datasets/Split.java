package dev.fovea.datasets;

/// Disjoint parts of a corpus.
public enum Split {
    /// what the model learns from
    TRAIN,
    /// concepts and styles of the training set in new scenes
    SEEN,
    /// concepts of the training set in styles that were held out
    NEW_STYLE,
    /// concepts that were held out, in the styles of the training set
    NEW_CONCEPT
}
