package dev.fovea.runtime.exec.cpu.kernel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A fixed team of platform threads, the caller among them, that divides ranges statically.
///
/// Worker `w` of `c` always gets the same part of a range, so nothing depends on timing. Idle workers spin for
/// a while, because the next piece of work usually follows within microseconds, and then park. [#forRange]
/// allocates nothing. The team serves one caller at a time; calling it from inside a part is an error.
public final class Workers implements AutoCloseable {
    private static final int SPINS = 20_000;

    private final Member[] members;
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger busy = new AtomicInteger();
    private volatile @Nullable Thread waiting;
    private volatile boolean closed;
    private @Nullable RangeBody body;
    private int items;
    private int parts;

    /// A team of `count` workers: the calling thread and `count - 1` daemon threads.
    ///
    /// @throws IllegalArgumentException if `count` is below 1
    public Workers(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("workers: count " + count + " must be at least 1");
        }
        members = new Member[count - 1];
        for (int i = 0; i < members.length; i++) {
            members[i] = new Member(i + 1);
            members[i].start();
        }
    }

    /// The number of workers, the caller included.
    public int count() {
        return members.length + 1;
    }

    /// The number of parts into which a range is divided: at most one per worker, each of at least `grain`
    /// items where there are that many.
    public int parts(int rangeItems, int grain) {
        return Math.clamp(rangeItems / Math.max(1, grain), 1, count());
    }

    /// Runs `rangeBody` over `rangeItems` items and returns when all are done. Part `p` of `c` holds the items
    /// `items * p / c` to `items * (p + 1) / c`.
    ///
    /// @param grain the number of items below which a part of its own does not pay
    /// @throws RuntimeException or Error: what a part threw, the lowest part's if several did
    public void forRange(int rangeItems, int grain, RangeBody rangeBody) {
        if (rangeItems <= 0) {
            return;
        }
        int count = parts(rangeItems, grain);
        if (!busy.compareAndSet(0, 1)) {
            throw new IllegalStateException("workers: a range was started while another one runs");
        }
        try {
            if (count == 1) {
                rangeBody.run(0, rangeItems, 0);
            } else {
                start(rangeItems, count, rangeBody);
                runTogether(rangeItems, count, rangeBody);
            }
        } finally {
            busy.set(0);
        }
    }

    private void start(int rangeItems, int count, RangeBody rangeBody) {
        if (closed) {
            throw new IllegalStateException("workers: closed");
        }
        body = rangeBody;
        items = rangeItems;
        parts = count;
        running.set(count - 1);
        for (int i = 0; i < count - 1; i++) {
            members[i].wake();
        }
    }

    private void runTogether(int rangeItems, int count, RangeBody rangeBody) {
        Throwable failure = null;
        try {
            rangeBody.run(0, end(rangeItems, 0, count), 0);
        } catch (RuntimeException | Error e) {
            failure = e;
        }
        awaitOthers();
        for (Member member : members) {
            Throwable theirs = member.failure;
            member.failure = null;
            failure = failure == null ? theirs : failure;
        }
        switch (failure) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(failure);
        }
    }

    private void awaitOthers() {
        int spins = 0;
        while (running.get() != 0) {
            if (++spins < SPINS) {
                Thread.onSpinWait();
            } else {
                waiting = Thread.currentThread();
                if (running.get() != 0) {
                    LockSupport.park(this);
                }
                waiting = null;
            }
        }
    }

    private static int end(int rangeItems, int part, int count) {
        return (int) ((long) rangeItems * (part + 1) / count);
    }

    /// Ends the threads and waits for them. A second call does nothing.
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        for (Member member : members) {
            member.wake();
        }
        for (Member member : members) {
            boolean interrupted = false;
            while (member.isAlive()) {
                try {
                    member.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private final class Member extends Thread {
        private final int number;
        /// Counts the parts given to this thread; only those who get one look at the work, and the caller waits
        /// for all of them.
        private volatile int ticket;

        private volatile boolean parked;
        private volatile @Nullable Throwable failure;

        Member(int number) {
            super("fovea-cpu-" + number);
            this.number = number;
            setDaemon(true);
        }

        @SuppressWarnings("NonAtomicVolatileUpdate") // only the one caller that holds `busy` writes it
        void wake() {
            ticket++;
            if (parked) {
                LockSupport.unpark(this);
            }
        }

        @Override
        public void run() {
            int seen = 0;
            while (true) {
                seen = awaitNext(seen);
                if (closed) {
                    return;
                }
                RangeBody work = body;
                if (work != null) {
                    runPart(work);
                }
            }
        }

        private int awaitNext(int seen) {
            int spins = 0;
            while (ticket == seen) {
                if (++spins < SPINS) {
                    Thread.onSpinWait();
                } else {
                    parked = true;
                    if (ticket == seen) {
                        LockSupport.park(Workers.this);
                    }
                    parked = false;
                }
            }
            return ticket;
        }

        private void runPart(RangeBody work) {
            try {
                work.run(end(items, number - 1, parts), end(items, number, parts), number);
            } catch (Throwable e) { // handed to the caller, who throws it
                failure = e;
            }
            if (running.decrementAndGet() == 0) {
                Thread caller = waiting;
                if (caller != null) {
                    LockSupport.unpark(caller);
                }
            }
        }
    }
}
