package dev.fovea.runtime.train;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Hears what a run does and says when it should stop. All calls come from the training thread, in order;
/// an implementation returns quickly and throws nothing.
public interface RunListener {
    /// The program is compiled, the data is open, and the first step is about to begin.
    void started(RunStart start);

    /// One optimizer step is done.
    void step(StepReport report);

    /// A stretch of work that is not a training step moved on: composing data, compiling, evaluating.
    /// The last call of a stretch has `done == total`.
    ///
    /// @param what the work in a word or two, such as `evaluating`
    /// @param done units finished so far
    /// @param total units in all, or 0 where that is not known
    void progress(String what, long done, long total);

    /// An evaluation is done.
    void evaluated(EvalReport report);

    /// A checkpoint is complete on disk.
    ///
    /// @param step optimizer steps it contains
    /// @param checkpoint the folder or file written
    void saved(long step, Path checkpoint);

    /// One line worth telling the user, such as `resumed at step 120`.
    void note(String text);

    /// Asked at every step boundary: null to go on, else why the run must save and end now.
    @Nullable
    StopReason stopRequested();

    /// Why a run ends before its last step.
    enum StopReason {
        /// Ctrl-C or SIGINT
        INTERRUPTED,
        /// SIGTERM
        TERMINATED,
        /// SIGUSR1: a scheduler is about to take the machine; the run is to be resumed
        PREEMPTED
    }

    /// What is about to be trained.
    ///
    /// @param key run key
    /// @param name name of the spec
    /// @param folder run folder
    /// @param firstStep steps already done by earlier attempts; 0 for a new run
    /// @param totalSteps steps of the whole run
    /// @param backend backend that executes the program, such as `cpu`
    /// @param threads worker threads
    /// @param parameters trainable scalars of the model
    /// @param plannedBytes memory that the process is predicted to hold at its peak
    record RunStart(
            String key,
            String name,
            Path folder,
            long firstStep,
            long totalSteps,
            String backend,
            int threads,
            long parameters,
            long plannedBytes) {}

    /// State after one optimizer step.
    ///
    /// @param step steps done, counted from 1
    /// @param totalSteps steps of the whole run
    /// @param losses the total first, then its weighted parts
    /// @param imagesPerSecond pictures trained on per second of wall time, lately
    /// @param secondsLeft estimated seconds to the end, or NaN while it cannot be told
    /// @param memoryBytes memory of the process, or 0 where it cannot be told
    record StepReport(
            long step,
            long totalSteps,
            List<Named> losses,
            double imagesPerSecond,
            double secondsLeft,
            long memoryBytes) {
        /// Keeps its own copy of the list.
        public StepReport {
            losses = List.copyOf(losses);
        }
    }

    /// One evaluation.
    ///
    /// @param step steps done when it was taken
    /// @param scores in the order to show them
    record EvalReport(long step, List<Score> scores) {
        /// Keeps its own copy of the list.
        public EvalReport {
            scores = List.copyOf(scores);
        }
    }

    /// A number with its name, such as `contrast`.
    record Named(String name, double value) {}

    /// One measured quality.
    ///
    /// @param task such as `local-retrieval`
    /// @param split such as `seen concept, new style`; empty where the task has no splits
    /// @param metric such as `R@1`
    /// @param value what was measured, 0..1
    /// @param chance what guessing would score, or NaN where that means nothing
    /// @param samples how many decisions the value averages
    record Score(String task, String split, String metric, double value, double chance, long samples) {}
}
