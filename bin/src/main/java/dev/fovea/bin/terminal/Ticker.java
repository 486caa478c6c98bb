package dev.fovea.bin.terminal;

import java.time.Duration;

/// Calls something once a second until closed, on a thread that keeps no process alive.
public final class Ticker implements AutoCloseable {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Thread thread;

    private Ticker(Runnable action) {
        thread = Thread.ofVirtual().name("ticker").start(() -> tick(action));
    }

    /// Starts to call.
    public static Ticker everySecond(Runnable action) {
        return new Ticker(action);
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private static void tick(Runnable action) {
        try {
            while (true) {
                Thread.sleep(SECOND);
                action.run();
            }
        } catch (InterruptedException _) {
            // closed
        }
    }
}
