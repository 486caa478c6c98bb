package dev.fovea.runtime.track;

import dev.fovea.runtime.track.Target.Folder;
import dev.fovea.runtime.track.Target.Nowhere;
import dev.fovea.runtime.track.Target.Server;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One run's way to its target: made when first needed, used by one thread.
final class Delivery implements AutoCloseable {
    private final Target target;
    private final String experiment;
    private final RunFacts facts;
    private final JournalSource journal;
    private final Path runFolder;
    private final Duration deadline;
    private final Consumer<String> warn;
    private @Nullable MetricSink sink;
    private @Nullable Replay replay;
    private boolean artifactsDue = true;

    Delivery(
            Target target,
            String experiment,
            RunFacts facts,
            JournalSource journal,
            Path runFolder,
            Duration deadline,
            Consumer<String> warn) {
        this.target = target;
        this.experiment = experiment;
        this.facts = facts;
        this.journal = journal;
        this.runFolder = runFolder.toAbsolutePath().normalize();
        this.deadline = deadline;
        this.warn = warn;
    }

    /// Where the run can be seen, without secrets; empty for nowhere.
    static String place(Target target) {
        return switch (target) {
            case Server server -> server.address().toString();
            case Folder folder -> folder.root().toAbsolutePath().normalize().toString();
            case Nowhere _ -> "";
        };
    }

    /// Brings the target up to date.
    ///
    /// @param last whether files are to be compared even if no attempt began or ended
    /// @throws RuntimeException if that fails; it can be tried again
    void round(boolean last) {
        Replay going = replay == null ? open() : replay;
        artifactsDue |= going.catchUp();
        if ((artifactsDue || last) && sink != null) {
            try {
                sink.artifacts(SmallFiles.of(runFolder));
            } catch (TrackingException e) {
                if (e.kind() != TrackingException.Kind.GONE) {
                    throw e;
                }
                going.startOver();
                going.catchUp();
                sink.artifacts(SmallFiles.of(runFolder));
            }
            artifactsDue = false;
        }
    }

    /// Entries delivered so far.
    long delivered() {
        return replay == null ? 0 : replay.delivered();
    }

    private Replay open() {
        Bookmark bookmark = Bookmark.open(runFolder, place(target) + " " + experiment);
        MetricSink opened = switch (target) {
            case Server s ->
                new MlflowSink(
                        new MlflowServer(s.address(), s.credentials(), deadline),
                        experiment,
                        facts,
                        bookmark,
                        runFolder,
                        warn);
            case Folder f -> new MlrunsFolder(f.root(), experiment, facts, bookmark, runFolder, warn);
            case Nowhere _ -> throw new IllegalStateException("nothing is delivered to nowhere");
        };
        sink = opened;
        replay = new Replay(journal, bookmark, opened);
        return replay;
    }

    @Override
    public void close() {
        if (sink != null) {
            sink.close();
        }
    }
}
