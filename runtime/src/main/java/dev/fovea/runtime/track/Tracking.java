package dev.fovea.runtime.track;

import dev.fovea.dsl.run.RunFolder;
import dev.fovea.dsl.run.StoreException;
import dev.fovea.dsl.spec.TrackingSpec;
import dev.fovea.runtime.track.TrackingException.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Shows a run in MLflow while it goes on. One daemon thread follows the run's journal and delivers it to the
/// server of
/// `tracking.uri` or MLFLOW_TRACKING_URI, else to an `mlruns/` folder. Training never waits for it: whatever a
/// server
/// does, there is one warning line, the journal keeps everything, and the rest is delivered when the server is
/// back,
/// when the run is continued, or by [#sync].
public final class Tracking implements AutoCloseable {
    private final String place;
    private final Pace pace;
    private final Consumer<String> warn;
    private final @Nullable Delivery delivery;
    private final @Nullable Thread thread;

    private final Object lock = new Object();
    private long wantedRounds;
    private long doneRounds;
    private boolean lastRoundFailed;
    private boolean closing;
    private boolean ended;
    private int failures;

    private Tracking(String place, Pace pace, Consumer<String> warn, @Nullable Delivery delivery) {
        this.place = place;
        this.pace = pace;
        this.warn = warn;
        this.delivery = delivery;
        this.thread = delivery == null
                ? null
                : Thread.ofPlatform().daemon().name("tracking").unstarted(this::follow);
    }

    /// Starts to follow a run.
    ///
    /// @param spec the run's `tracking` section
    /// @param environment variables as MLflow names them; usually `System.getenv()`
    /// @param workspace folder that gets `mlruns/` when no server is named
    /// @param runFolder gets `mlflow.json`; its small files are shown as artifacts
    /// @param warn takes one-line warnings without secrets, from the tracking thread
    /// @throws IllegalArgumentException if the address cannot be used at all
    public static Tracking open(
            TrackingSpec spec,
            Map<String, String> environment,
            Path workspace,
            RunFacts facts,
            JournalSource journal,
            Path runFolder,
            Pace pace,
            Consumer<String> warn) {
        Target target = Target.of(spec, environment, workspace);
        Consumer<String> prefixed = line -> warn.accept("tracking: " + line);
        Delivery delivery = target instanceof Target.Nowhere
                ? null
                : new Delivery(
                        target,
                        Target.experiment(spec, environment),
                        facts,
                        journal,
                        runFolder,
                        pace.deadline(),
                        prefixed);
        Tracking tracking = new Tracking(Delivery.place(target), pace, prefixed, delivery);
        if (tracking.thread != null) {
            tracking.thread.start();
        }
        return tracking;
    }

    /// Starts to follow a run at the usual pace.
    ///
    /// @param warn takes one-line warnings without secrets, from the tracking thread
    /// @throws IllegalArgumentException if the address cannot be used at all
    public static Tracking open(
            TrackingSpec spec,
            Map<String, String> environment,
            Path workspace,
            RunFacts facts,
            JournalSource journal,
            Path runFolder,
            Consumer<String> warn) {
        return open(spec, environment, workspace, facts, journal, runFolder, Pace.USUAL, warn);
    }

    /// Where the run can be seen, without secrets; empty if it is tracked nowhere.
    public String place() {
        return place;
    }

    /// Delivers what the journal holds now, waiting no longer than `limit`.
    ///
    /// @return whether all of it has arrived
    public boolean flush(Duration limit) {
        return delivery == null || flush(limit, false);
    }

    private boolean flush(Duration limit, boolean last) {
        long end = System.nanoTime() + limit.toNanos();
        synchronized (lock) {
            // A round that is under way may have read the journal already: only one that begins now counts.
            long mine = ++wantedRounds;
            closing |= last;
            lock.notifyAll();
            while (doneRounds < mine && !ended) {
                long left = (end - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    return false;
                }
                try {
                    lock.wait(left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
            return doneRounds >= mine && !lastRoundFailed;
        }
    }

    /// Delivers the rest if the target is there, and stops. Waits no longer than the pace says, and much shorter
    /// if the
    /// target was away already. Throws nothing.
    @Override
    public void close() {
        if (thread == null) {
            return;
        }
        boolean told;
        synchronized (lock) {
            if (closing) {
                return;
            }
            told = failures > 0 || ended;
        }
        boolean all = flush(told ? pace.closing().dividedBy(6) : pace.closing(), true);
        synchronized (lock) {
            ended = true;
            told |= failures > 0;
        }
        thread.interrupt();
        if (!all && !told) {
            warn.accept(
                    place + " has not taken everything yet; the journal keeps it until this run goes on or is synced");
        }
    }

    private void follow() {
        try (Delivery following = java.util.Objects.requireNonNull(delivery)) {
            while (true) {
                long asked;
                boolean last;
                synchronized (lock) {
                    asked = wantedRounds;
                    last = closing;
                    if (ended) {
                        return;
                    }
                }
                boolean stop = round(following, last);
                synchronized (lock) {
                    doneRounds = asked;
                    ended |= stop || last;
                    lock.notifyAll();
                    if (ended || !pause()) {
                        return;
                    }
                }
            }
        } finally {
            synchronized (lock) {
                ended = true;
                lock.notifyAll();
            }
        }
    }

    /// Waits for the next round, with the lock held.
    ///
    /// @return false if the thread is to end
    private boolean pause() {
        long end = System.nanoTime()
                + pace.next(failures, ThreadLocalRandom.current()).toNanos();
        try {
            while (wantedRounds <= doneRounds && !ended) {
                long left = (end - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    return true;
                }
                lock.wait(left);
            }
            return !ended;
        } catch (InterruptedException e) {
            return false;
        }
    }

    /// @return whether there is no use in further rounds
    private boolean round(Delivery following, boolean last) {
        Optional<RuntimeException> failure = Optional.empty();
        try {
            following.round(last);
        } catch (RuntimeException e) {
            failure = Optional.of(e);
        }
        boolean first;
        synchronized (lock) {
            lastRoundFailed = failure.isPresent();
            failures = failure.isPresent() ? failures + 1 : 0;
            first = failures == 1 && !ended;
        }
        boolean stop = failure.filter(Tracking::isFinal).isPresent();
        if (first) {
            failure.ifPresent(e -> warn.accept(line(e)
                    + (stop ? "" : "; training goes on, the journal keeps everything until this can be delivered")));
        }
        return stop;
    }

    private static boolean isFinal(RuntimeException e) {
        return e instanceof TrackingException known && known.kind() == Kind.STOPPED;
    }

    private static String line(RuntimeException e) {
        return e instanceof TrackingException || e instanceof StoreException
                ? String.valueOf(e.getMessage())
                : "cannot go on: " + e;
    }

    /// What [#sync] did.
    ///
    /// @param place where the run can be seen; empty if it is tracked nowhere
    /// @param records journal entries delivered by this call
    /// @param problem why not all of them were; empty if all were
    public record SyncReport(String place, long records, String problem) {
        /// Whether the target holds everything now.
        public boolean complete() {
            return problem.isEmpty();
        }
    }

    /// Delivers a run's journal now, in this thread: after an outage, or from a machine that reaches the server.
    /// Records that have arrived before are not sent again.
    ///
    /// @throws StoreException if a live process holds the run
    /// @throws IllegalArgumentException if the address cannot be used at all
    public static SyncReport sync(
            TrackingSpec spec,
            Map<String, String> environment,
            Path workspace,
            RunFacts facts,
            RunFolder run,
            Pace pace,
            Consumer<String> warn) {
        Target target = Target.of(spec, environment, workspace);
        if (target instanceof Target.Nowhere) {
            return new SyncReport("", 0, "");
        }
        String experiment = Target.experiment(spec, environment);
        JournalSource journal = JournalSource.of(run.journalFile());
        String problem = "";
        try (var _ = run.claim();
                Delivery delivery =
                        new Delivery(target, experiment, facts, journal, run.path(), pace.deadline(), warn)) {
            try {
                delivery.round(true);
            } catch (TrackingException e) {
                problem = e.line();
            }
            return new SyncReport(Delivery.place(target), delivery.delivered(), problem);
        }
    }
}
