package dev.fovea.datasets;

import dev.fovea.dsl.spec.DataSpec;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The batches of a training run. Batch `n` is a pure function of the seed and `n`, whatever the number of workers
/// and wherever the run was resumed.
///
/// The next batches are made on daemon threads while one is in use; their memory is bounded and reused. One thread
/// at a time takes batches.
public final class TrainingBatches implements AutoCloseable {
    private static final long MANY_BYTES = 256L << 20;
    private static final int JUDGED_AFTER = 100;

    private final int batchSize;
    private final double maxBadShare;
    private final BatchMaker maker;
    private final Arena arena = Arena.ofShared();
    private final BlockingQueue<Batch> free;
    private final ExecutorService pool;
    private final List<String> firstBroken = new ArrayList<>();
    private long step;
    private long read;
    private long broken;
    private @Nullable Producer producer;
    private @Nullable Batch current;
    private boolean closed;

    /// @param corpus stays open as long as this, and is closed by its owner
    /// @param batchSize elements of a batch B
    /// @param side side of the pictures in pixels S
    /// @param context tokens of a text T
    /// @param seed of caption choices and crops
    /// @param workers threads that draw examples, at least 1
    /// @param maxBadShare share of broken examples above which [#next] fails, once 100 examples were read
    /// @param allBoxes whether batches have the maps of [Batch#allBoxes()]
    public TrainingBatches(
            Corpus corpus,
            Tokenizer tokenizer,
            DataSpec data,
            int batchSize,
            int side,
            int context,
            long seed,
            int workers,
            double maxBadShare,
            boolean allBoxes) {
        this.batchSize = batchSize;
        this.maxBadShare = maxBadShare;
        ElementPlanner planner = new ElementPlanner(corpus, data.captions(), batchSize, seed);
        ElementWriter writer = new ElementWriter(tokenizer, data.preprocess(), side, context);
        this.maker = new BatchMaker(corpus, planner, writer, seed);
        int buffers = buffers(batchSize, side, context, allBoxes);
        this.free = new ArrayBlockingQueue<>(buffers);
        for (int i = 0; i < buffers; i++) {
            free.add(new Batch(arena, batchSize, side, context, allBoxes, free::add));
        }
        this.pool = Executors.newFixedThreadPool(
                Math.max(1, workers),
                Thread.ofPlatform().daemon().name("fovea-data-", 0).factory());
    }

    private static int buffers(int batchSize, int side, int context, boolean allBoxes) {
        return Batch.bytesOf(batchSize, side, context, allBoxes) > MANY_BYTES ? 2 : 3;
    }

    /// Native memory that batches of this size take, those waiting included.
    public static long bytesOfAll(int batchSize, int side, int context, boolean allBoxes) {
        return buffers(batchSize, side, context, allBoxes) * Batch.bytesOf(batchSize, side, context, allBoxes);
    }

    /// The batch of the current step, then moves on. The batch handed out before is released.
    ///
    /// @throws DataException if too many examples are broken or the data fails altogether
    public Batch next() {
        requireOpen();
        releaseCurrent();
        Producer making = producer;
        if (making == null) {
            making = new Producer(step);
            producer = making;
        }
        BatchMaker.Made made = making.take();
        current = made.batch();
        current.lend(made.step());
        step++;
        count(made.broken());
        return made.batch();
    }

    /// Continues at another step; counters keep their values.
    public void seek(long newStep) {
        requireOpen();
        if (newStep < 0) {
            throw new IllegalArgumentException("steps start at 0, not " + newStep);
        }
        releaseCurrent();
        stop();
        step = newStep;
    }

    /// The step whose batch [#next] gives next.
    public long step() {
        return step;
    }

    /// What was read for the batches handed out since this was opened.
    public DataCounters counters() {
        return new DataCounters(read, broken, List.copyOf(firstBroken));
    }

    private void count(List<String> names) {
        read += batchSize + names.size();
        broken += names.size();
        for (String name : names) {
            if (firstBroken.size() < DataCounters.NAMED) {
                firstBroken.add(name);
            }
        }
        if (read >= JUDGED_AFTER && broken > maxBadShare * read) {
            throw new DataException(String.format(
                    Locale.ROOT,
                    "%d of %d examples are broken, more than run.max_bad_samples = %s allows; the first: %s",
                    broken,
                    read,
                    maxBadShare,
                    firstBroken.getFirst()));
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the batches are closed");
        }
    }

    private void releaseCurrent() {
        if (current != null) {
            current.release();
            current = null;
        }
    }

    private void stop() {
        if (producer != null) {
            producer.stop();
            producer = null;
        }
    }

    /// Stops the threads and frees the memory of all batches.
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        stop();
        pool.shutdownNow();
        boolean interrupted = false;
        for (boolean ended = false; !ended; ) {
            try {
                ended = pool.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        arena.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Makes batches in order from a step on, until stopped.
    private final class Producer {
        private final BlockingQueue<Object> ready =
                new ArrayBlockingQueue<>(free.remainingCapacity() + free.size() + 1);
        private final Thread thread;
        private volatile boolean stopped;

        Producer(long first) {
            this.thread = Thread.ofPlatform().daemon().name("fovea-batches").start(() -> run(first));
        }

        private void run(long first) {
            try {
                for (long at = first; !stopped; at++) {
                    ready.add(make(at, free.take()));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException | Error e) {
                ready.add(e);
            }
        }

        private BatchMaker.Made make(long at, Batch batch) throws InterruptedException {
            boolean made = false;
            try {
                BatchMaker.Made result = maker.make(at, batch, pool);
                made = true;
                return result;
            } finally {
                if (!made) {
                    free.add(batch);
                }
            }
        }

        BatchMaker.Made take() {
            try {
                Object item = ready.take();
                return switch (item) {
                    case BatchMaker.Made made -> made;
                    case Error error -> {
                        ready.add(error);
                        throw error;
                    }
                    case RuntimeException failure -> {
                        ready.add(failure);
                        throw failure;
                    }
                    default -> throw new IllegalStateException("unexpected " + item);
                };
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new DataException("interrupted while waiting for data", e);
            }
        }

        void stop() {
            stopped = true;
            thread.interrupt();
            boolean interrupted = false;
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            for (Object item = ready.poll(); item != null; item = ready.poll()) {
                if (item instanceof BatchMaker.Made made) {
                    free.add(made.batch());
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
