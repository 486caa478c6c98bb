package dev.fovea.bin;

import dev.fovea.dsl.ResolvedSpec;
import dev.fovea.runtime.train.Outcome;
import dev.fovea.runtime.train.RunListener;
import dev.fovea.runtime.train.RunOptions;

/// What `fovea run` needs of the runtime; [dev.fovea.runtime.train.Experiment#run] in earnest.
@FunctionalInterface
interface Training {
    /// Trains until the end, or until the listener asks to stop.
    ///
    /// @throws dev.fovea.runtime.train.RunException one line for the user
    Outcome run(ResolvedSpec spec, RunOptions options, RunListener listener);
}
