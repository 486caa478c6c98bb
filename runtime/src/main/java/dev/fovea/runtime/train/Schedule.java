package dev.fovea.runtime.train;

/// Learning rate by step: linear warm-up to the peak, then cosine to 0, or constant (open_clip's `cosine_lr`).
///
/// @param peak learning rate at the end of the warm-up
/// @param warmup steps of the warm-up
/// @param total steps of the run
/// @param cosine whether the rate falls after the warm-up
public record Schedule(double peak, long warmup, long total, boolean cosine) {
    /// The rate of step `step`, counted from 0.
    public double rate(long step) {
        if (step < warmup) {
            return peak * (step + 1) / warmup;
        }
        if (!cosine) {
            return peak;
        }
        return 0.5 * (1 + Math.cos(Math.PI * (step - warmup) / (total - warmup))) * peak;
    }
}
