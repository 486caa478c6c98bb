package dev.fovea.bin.bench;

import dev.fovea.runtime.bench.StepPlan;
import java.io.IOException;

/// Times one arm.
@FunctionalInterface
interface StepRunner {
    /// @throws StepFailure if the arm cannot be run; the others still can
    StepArm.Found run(StepArm arm, StepPlan.Mode mode) throws IOException, StepFailure;
}
