package dev.fovea.dsl.run;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/// One thing that happened in a run. The journal is the list of these; all else about a run's course is derived
/// from
/// it.
public sealed interface JournalEntry {
    /// When it happened, in milliseconds since 1970 UTC.
    long timeMillis();

    /// An attempt began: the first, or a continuation after an interruption.
    ///
    /// @param attempt 1 for the first
    /// @param key run key
    /// @param facts short facts such as host and backend, sorted by name
    record Started(long timeMillis, int attempt, String key, Map<String, String> facts) implements JournalEntry {
        /// Copies the facts in the order of their names.
        public Started {
            facts = Collections.unmodifiableMap(new TreeMap<>(facts));
        }
    }

    /// Metrics at a step.
    ///
    /// @param step optimizer steps done
    /// @param values by metric name, in the writer's order; NaN and infinities are kept
    record Scalars(long timeMillis, long step, SequencedMap<String, Double> values) implements JournalEntry {
        /// Copies the values.
        public Scalars {
            values = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(values));
        }
    }

    /// A remark for people.
    ///
    /// @param level `info`, `warn` or `error`
    record Note(long timeMillis, String level, String text) implements JournalEntry {}

    /// A checkpoint is complete on disk.
    ///
    /// @param step optimizer steps done
    /// @param file its path inside the run folder, such as `checkpoints/step-00001200`
    record Saved(long timeMillis, long step, String file) implements JournalEntry {}

    /// An attempt ended in an orderly way. An attempt without this record was killed, or is still running.
    ///
    /// @param step optimizer steps done
    /// @param reason [#FINISHED], [#INTERRUPTED], [#PREEMPTED], or [#FAILED] and a class of failures
    /// @param message one line for people; may be empty
    record Ended(long timeMillis, long step, String reason, String message) implements JournalEntry {
        /// All steps are done.
        public static final String FINISHED = "finished";
        /// Stopped by a person; can be continued.
        public static final String INTERRUPTED = "interrupted";
        /// Stopped by a scheduler; can be continued.
        public static final String PREEMPTED = "preempted";
        /// Prefix of a failure, as in `failed:nan`.
        public static final String FAILED = "failed:";

        /// Refuses reasons that readers would not understand.
        public Ended {
            boolean known = reason.equals(FINISHED)
                    || reason.equals(INTERRUPTED)
                    || reason.equals(PREEMPTED)
                    || reason.startsWith(FAILED);
            if (!known) {
                throw new IllegalArgumentException(
                        "reason '" + reason + "' is not one of finished, interrupted," + " preempted, failed:<class>");
            }
        }
    }
}
