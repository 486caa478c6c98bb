package dev.fovea.dsl.run;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The right to write into a run folder. One process holds it; it shows that it lives by rewriting its file.
///
/// Claims are numbered files `leases/000001.json`, ..., of which the highest counts. A claim is made by linking a
/// complete
/// file to the next number, which only one process can do, also over network file systems; no file is ever
/// locked or
/// removed. A claim is free when its holder released it, or is gone from this machine, or has been silent for
/// [#SILENCE]. Ages are differences of file times, so clocks of machines need not agree.
public final class RunLease implements AutoCloseable {
    /// A holder on another machine that shows no sign of life for this long has lost its claim.
    public static final Duration SILENCE = Duration.ofMinutes(2);

    private static final long BEAT_MILLIS = 15_000;
    private static final int TRIES = 100;

    private final LeaseFiles files;
    private final int number;
    private final Owner owner;
    private final Optional<Owner> takenFrom;
    private volatile @Nullable StoreException lost;
    private volatile boolean closed;
    private long lastBeat = System.nanoTime();

    private RunLease(LeaseFiles files, int number, Owner owner, Optional<Owner> takenFrom) {
        this.files = files;
        this.number = number;
        this.owner = owner;
        this.takenFrom = takenFrom;
    }

    /// Claims a folder and keeps the claim alive until it is closed.
    ///
    /// @param folder the run folder
    /// @throws StoreException if another process holds it, or the folder cannot be written
    static RunLease claim(Path folder) {
        RunLease lease = claim(folder, Owner.current());
        Thread.ofVirtual().name("lease of " + folder.getFileName()).start(lease::keepAlive);
        return lease;
    }

    /// Claims a folder; the caller beats.
    static RunLease claim(Path folder, Owner owner) {
        LeaseFiles files = new LeaseFiles(folder);
        for (int i = 0; i < TRIES; i++) {
            int last = files.last();
            Path candidate = files.candidate(owner);
            try {
                Optional<Owner> dead = files.free(last, candidate, folder);
                if (files.publish(candidate, last + 1)) {
                    return new RunLease(files, last + 1, owner, dead);
                }
            } finally {
                files.discard(candidate);
            }
        }
        throw new StoreException(folder + ": cannot be claimed: other processes claim it at the same time");
    }

    /// Whether a live process holds the folder.
    static Optional<Owner> holder(Path folder) {
        LeaseFiles files = new LeaseFiles(folder);
        int last = files.last();
        return last == 0 ? Optional.empty() : files.living(last);
    }

    /// Number of this claim: 1 for the first process that ever held the folder.
    public int number() {
        return number;
    }

    /// This process.
    public Owner owner() {
        return owner;
    }

    /// The holder before, if it had died without releasing its claim.
    public Optional<Owner> takenFrom() {
        return takenFrom;
    }

    /// Fails if another process has taken the folder over, or signs of life could not be written.
    ///
    /// @throws StoreException if this process must stop writing into the folder
    public void check() {
        StoreException problem = lost;
        if (problem != null) {
            throw new StoreException(String.valueOf(problem.getMessage()), problem);
        }
    }

    /// Shows that this process lives, and finds out whether the claim still stands. A file system that fails for a
    /// moment is forgiven, until others might think that this process is dead.
    ///
    /// @param nanoTime now, as [System#nanoTime()] counts
    synchronized void beat(long nanoTime) {
        if (closed || lost != null) {
            return;
        }
        try {
            if (files.last() > number) {
                lost = new StoreException(files.folder() + ": taken over by another process while this one was silent");
                return;
            }
            files.rewrite(number, owner, false);
            lastBeat = nanoTime;
        } catch (StoreException problem) {
            if (nanoTime - lastBeat > SILENCE.toNanos() / 2) {
                lost = problem;
            }
        }
    }

    /// Releases the claim.
    ///
    /// @throws StoreException if the release cannot be written; the claim then ends by silence
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            if (lost == null) {
                files.rewrite(number, owner, true);
            }
        }
    }

    private void keepAlive() {
        try {
            while (!closed && lost == null) {
                Thread.sleep(BEAT_MILLIS);
                beat(System.nanoTime());
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
