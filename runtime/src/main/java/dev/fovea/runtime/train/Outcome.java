package dev.fovea.runtime.train;

import dev.fovea.dsl.run.RunFolder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a run ended without failing.
///
/// @param step steps done
/// @param totalSteps steps of the whole run
/// @param stopped why it ended early, or null if it is finished
/// @param scores of the last evaluation; empty if it ended early
/// @param tracked where metrics can be seen; empty if nowhere
public record Outcome(
        RunFolder folder,
        long step,
        long totalSteps,
        RunListener.@Nullable StopReason stopped,
        List<RunListener.Score> scores,
        String tracked) {
    /// Copies the list.
    public Outcome {
        scores = List.copyOf(scores);
    }
}
