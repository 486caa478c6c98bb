package dev.fovea.datasets;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Fills training batches: plans all elements in order, draws them in parallel, and then replaces the broken ones
/// in order. What comes out depends on the seed and the step alone.
final class BatchMaker {
    private static final int CROP_STREAM = 2;
    private static final int REPLACEMENTS = 32;

    private final Corpus corpus;
    private final ElementPlanner planner;
    private final ElementWriter writer;
    private final long seed;

    BatchMaker(Corpus corpus, ElementPlanner planner, ElementWriter writer, long seed) {
        this.corpus = corpus;
        this.planner = planner;
        this.writer = writer;
        this.seed = seed;
    }

    /// A filled batch and what it took.
    ///
    /// @param step whose batch it is; it is lent when it is handed out
    /// @param broken examples that were replaced, as `where: key: reason`
    record Made(long step, Batch batch, List<String> broken) {}

    Made make(long step, Batch batch, ExecutorService pool) throws InterruptedException {
        List<String> broken = new ArrayList<>();
        Drawn drawn = new Drawn();
        List<ElementPlanner.Draw> draws = new ArrayList<>();
        for (int element = 0; element < batch.size(); element++) {
            ElementPlanner.Draw draw = planner.draw(step, element, 0, drawn, broken);
            drawn.add(draw);
            draws.add(draw);
        }
        @Nullable String[] failures = writeAll(step, draws, batch, pool);
        for (int element = 0; element < draws.size(); element++) {
            String failure = failures[element];
            if (failure != null) {
                broken.add(failure);
                drawn.remove(draws.get(element));
                replace(step, element, draws.get(element), batch, drawn, broken);
            }
        }
        return new Made(step, batch, List.copyOf(broken));
    }

    /// Draws all elements; the reason for each that is broken, else null. Returns only when no thread writes into
    /// the batch any more, even when interrupted.
    private @Nullable String[] writeAll(long step, List<ElementPlanner.Draw> draws, Batch batch, ExecutorService pool)
            throws InterruptedException {
        @Nullable String[] failures = new String[draws.size()];
        AtomicReference<@Nullable Throwable> crash = new AtomicReference<>();
        AtomicBoolean stopped = new AtomicBoolean();
        CountDownLatch running = new CountDownLatch(draws.size());
        for (int element = 0; element < draws.size(); element++) {
            int at = element;
            pool.execute(() -> {
                try {
                    if (!stopped.get()) {
                        failures[at] = write(step, at, draws.get(at), batch);
                    }
                } catch (RuntimeException | Error e) {
                    crash.compareAndSet(null, e);
                    stopped.set(true);
                } finally {
                    running.countDown();
                }
            });
        }
        await(running, stopped);
        switch (crash.get()) {
            case null -> {}
            case Error error -> throw error;
            case RuntimeException unchecked -> throw unchecked;
            case Throwable other -> throw new IllegalStateException("drawing a batch failed", other);
        }
        return failures;
    }

    private static void await(CountDownLatch running, AtomicBoolean stopped) throws InterruptedException {
        InterruptedException interrupted = null;
        for (boolean done = false; !done; ) {
            try {
                running.await();
                done = true;
            } catch (InterruptedException e) {
                stopped.set(true);
                interrupted = e;
            }
        }
        if (interrupted != null) {
            throw interrupted;
        }
    }

    /// Writes one element; the reason if its example is broken, else null.
    private @Nullable String write(long step, int element, ElementPlanner.Draw draw, Batch batch) {
        try {
            Example example = corpus.example(Split.TRAIN, draw.index());
            var random = Seeds.random(seed, step, element, draw.attempt(), CROP_STREAM);
            writer.writeCropped(example, draw.regions(), draw.text(), random, batch, element);
            return null;
        } catch (BrokenSampleException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private void replace(
            long step, int element, ElementPlanner.Draw failed, Batch batch, Drawn drawn, List<String> broken) {
        ElementPlanner.Draw draw = failed;
        for (int tries = 0; tries < REPLACEMENTS; tries++) {
            draw = planner.draw(step, element, draw.attempt() + 1, drawn, broken);
            String failure = write(step, element, draw, batch);
            if (failure == null) {
                drawn.add(draw);
                return;
            }
            broken.add(failure);
        }
        throw new DataException(
                REPLACEMENTS + " examples drawn one after another are broken, the last: " + broken.getLast());
    }
}
