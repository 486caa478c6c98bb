package dev.fovea.runtime.track;

import dev.fovea.dsl.run.JournalEntry;
import java.nio.file.Path;
import java.util.List;
import java.util.SequencedMap;

/// A place that a run's journal is replayed to. Calls come from one thread, between [#begin] and [#commit] in
/// the order
/// of the journal. Every method may throw a [TrackingException]; the same records then come again later.
interface MetricSink extends AutoCloseable {
    /// Opens a batch; makes the run if it is not there yet.
    ///
    /// @param timeMillis time of the batch's first record; a new run begins then
    /// @param again whether records of this batch may have arrived before, so that the sink must look and leave out
    ///     what is there
    void begin(long timeMillis, boolean again);

    /// An attempt began.
    void started(JournalEntry.Started start);

    /// Metrics at a step. Names are legal, see [MetricNames]; values may be NaN or infinite.
    void scalars(long timeMillis, long step, SequencedMap<String, Double> values);

    /// A checkpoint was written.
    void saved(JournalEntry.Saved checkpoint);

    /// An attempt ended.
    void ended(JournalEntry.Ended end);

    /// Delivers the batch; on return all of it is stored.
    void commit();

    /// Delivers the small files of a run that changed since the last time.
    void artifacts(List<Path> files);

    /// Where the run can be seen, without secrets.
    String place();

    @Override
    void close();
}
