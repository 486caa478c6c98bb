/// Metrics of a run, sent to MLflow or written as an `mlruns/` folder. The run's journal is the truth;
/// everything here
/// replays it from a stored offset and may fail, hang or stay away for months without slowing or losing anything.
@NullMarked
package dev.fovea.runtime.track;

import org.jspecify.annotations.NullMarked;
