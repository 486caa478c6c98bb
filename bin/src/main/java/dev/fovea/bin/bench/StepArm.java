package dev.fovea.bin.bench;

import dev.fovea.dsl.spec.ExperimentSpec;
import dev.fovea.runtime.bench.PictureTimes;
import dev.fovea.runtime.bench.StepPlan;
import dev.fovea.runtime.bench.StepTimes;
import org.jspecify.annotations.Nullable;

/// One point of a study whose steps are timed.
///
/// @param label name of the point; empty for the spec itself
/// @param sweep name of the sweep it is a point of; empty for the spec itself
record StepArm(String sweep, String label, ExperimentSpec spec) {
    /// What came of timing an arm in one mode.
    ///
    /// @param plan what a step computes, from the compiled program
    /// @param found times, or null if nothing was run
    /// @param predictedSeconds of a step that was not run; NaN if it was, or nothing is known
    /// @param note why nothing was run; empty if it was
    record Outcome(
            StepArm arm,
            StepPlan.Mode mode,
            StepPlan plan,
            @Nullable Found found,
            double predictedSeconds,
            String note) {
        /// Seconds of a step, measured or predicted; NaN if neither.
        double seconds() {
            return found == null ? predictedSeconds : found.step().seconds();
        }

        /// Name of the measurement.
        String name() {
            String what = mode == StepPlan.Mode.TRAINING ? "training step" : "one look";
            return arm.label().isEmpty() ? what : arm.label() + ", " + what;
        }
    }

    /// What a child process measured.
    ///
    /// @param picture what bringing a 4K picture to the arm's size takes, on one thread
    record Found(StepTimes step, PictureTimes picture) {}
}
