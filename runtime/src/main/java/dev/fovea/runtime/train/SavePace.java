package dev.fovea.runtime.train;

import dev.fovea.dsl.spec.Duration;

/// When the next checkpoint is due: by steps or by the clock. Neither changes what is computed.
final class SavePace {
    private final Duration every;
    private long lastStep = -1;
    private long lastNanos = System.nanoTime();

    SavePace(Duration every) {
        this.every = every;
    }

    /// Whether a checkpoint is due after `step` steps.
    boolean due(long step) {
        if (lastStep < 0) {
            lastStep = step - 1;
        }
        return switch (every.unit()) {
            case STEPS -> step - lastStep >= every.amount();
            case SECONDS -> (System.nanoTime() - lastNanos) / 1e9 >= every.amount();
            case SAMPLES, EPOCHS ->
                throw new RunException(
                        RunException.Kind.SPEC, "run.checkpoint.every: use steps (200st) or time (5min)");
        };
    }

    /// A checkpoint was written after `step` steps.
    void saved(long step) {
        lastStep = step;
        lastNanos = System.nanoTime();
    }
}
