package dev.fovea.dsl.run;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// Where a run stands, derived from its journal.
///
/// @param status one word
/// @param step optimizer steps done, as far as the journal says
/// @param attempts how often it was started
/// @param metrics the last value of every metric, in the order in which metrics first appeared
/// @param startedMillis when the first attempt began; 0 if never
/// @param lastMillis time of the last entry; 0 if there is none
/// @param activeMillis time spent in all attempts together
/// @param checkpoint the last checkpoint's path inside the run folder; empty if there is none
/// @param reason why the last attempt ended, as in [JournalEntry.Ended]; empty if it did not
/// @param message what the last attempt said at its end; may be empty
public record RunState(
        Status status,
        long step,
        int attempts,
        SequencedMap<String, Double> metrics,
        long startedMillis,
        long lastMillis,
        long activeMillis,
        String checkpoint,
        String reason,
        String message) {
    /// Where a run can stand.
    public enum Status {
        /// never started
        CREATED,
        /// a live process works on it
        RUNNING,
        /// all steps done
        FINISHED,
        /// stopped by an error
        FAILED,
        /// stopped by a person, can be continued
        INTERRUPTED,
        /// stopped by a scheduler, can be continued
        PREEMPTED,
        /// its process vanished without a word, can be continued
        LOST
    }

    /// Whether `--resume` makes sense.
    public boolean resumable() {
        return switch (status) {
            case INTERRUPTED, PREEMPTED, LOST, FAILED -> !checkpoint.isEmpty();
            case CREATED, RUNNING, FINISHED -> false;
        };
    }

    /// Derives the state.
    ///
    /// @param entries all entries of the journal
    /// @param held whether a live process holds the run folder
    public static RunState of(List<JournalEntry> entries, boolean held) {
        Reading reading = new Reading();
        entries.forEach(reading::add);
        return new RunState(
                reading.status(held),
                reading.step,
                reading.attempts,
                Collections.unmodifiableSequencedMap(reading.metrics),
                reading.startedMillis,
                reading.lastMillis,
                reading.activeMillis,
                reading.checkpoint,
                reading.reason,
                reading.message);
    }

    private static final class Reading {
        private final SequencedMap<String, Double> metrics = new LinkedHashMap<>();
        private boolean open;
        private long step;
        private int attempts;
        private long startedMillis;
        private long attemptMillis;
        private long lastMillis;
        private long activeMillis;
        private String checkpoint = "";
        private String reason = "";
        private String message = "";

        void add(JournalEntry entry) {
            switch (entry) {
                case JournalEntry.Started started -> start(started);
                case JournalEntry.Scalars scalars -> {
                    step = scalars.step();
                    metrics.putAll(scalars.values());
                }
                case JournalEntry.Saved saved -> {
                    step = saved.step();
                    checkpoint = saved.file();
                }
                case JournalEntry.Ended ended -> {
                    step = ended.step();
                    reason = ended.reason();
                    message = ended.message();
                    open = false;
                }
                case JournalEntry.Note _ -> {
                    // Remarks change nothing.
                }
            }
            boolean working = open || entry instanceof JournalEntry.Ended;
            if (working && attempts > 0) {
                activeMillis += Math.max(0, entry.timeMillis() - attemptMillis);
                attemptMillis = Math.max(attemptMillis, entry.timeMillis());
            }
            lastMillis = Math.max(lastMillis, entry.timeMillis());
        }

        private void start(JournalEntry.Started started) {
            attempts++;
            if (attempts == 1) {
                startedMillis = started.timeMillis();
            }
            attemptMillis = started.timeMillis();
            open = true;
            reason = "";
            message = "";
        }

        Status status(boolean held) {
            if (attempts == 0) {
                return Status.CREATED;
            }
            if (open) {
                return held ? Status.RUNNING : Status.LOST;
            }
            return switch (reason) {
                case JournalEntry.Ended.FINISHED -> Status.FINISHED;
                case JournalEntry.Ended.INTERRUPTED -> Status.INTERRUPTED;
                case JournalEntry.Ended.PREEMPTED -> Status.PREEMPTED;
                default -> Status.FAILED;
            };
        }
    }
}
