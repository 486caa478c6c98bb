package dev.fovea.runtime.ir;

/// The part of a training step that a node belongs to. Arithmetic is counted by it.
public enum Pass {
    /// from inputs to results and losses
    FORWARD,
    /// gradients, as the backward ops compute them
    BACKWARD,
    /// forward nodes run once more because their outputs were not kept for the backward pass
    RECOMPUTE,
    /// the norm of the gradients and the change of parameters
    UPDATE
}
