package dev.fovea.bin;

import dev.fovea.runtime.train.RunListener.StopReason;
import java.io.PrintWriter;
import java.lang.reflect.Proxy;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Signals that ask a run to end: they are noted here and read at the next step boundary, where the run saves and
/// ends. A second Ctrl-C ends the process at once. SIGUSR1 is what schedulers send before they take the machine;
/// SIGUSR2 is left alone because the JVM uses it itself.
final class Signals {
    private final AtomicReference<@Nullable StopReason> reason = new AtomicReference<>();
    private final PrintWriter err;
    private final Runnable stopAtOnce;
    private volatile Consumer<String> notes;

    /// @param err told when a signal comes
    /// @param stopAtOnce ends the process
    Signals(PrintWriter err, Runnable stopAtOnce) {
        this.err = err;
        this.stopAtOnce = stopAtOnce;
        this.notes = err::println;
    }

    /// Who tells the user from now on, so that two writers do not meet on one line of the terminal.
    void tellThrough(Consumer<String> teller) {
        notes = teller;
    }

    /// Listens from now on, for the rest of the process.
    static Signals install(PrintWriter err) {
        Signals signals = new Signals(err, () -> Runtime.getRuntime().halt(ExitCode.INTERRUPTED.code()));
        listen("INT", () -> signals.arrived(StopReason.INTERRUPTED));
        listen("TERM", () -> signals.arrived(StopReason.TERMINATED));
        listen("USR1", () -> signals.arrived(StopReason.PREEMPTED));
        return signals;
    }

    /// Why the run must end, or null.
    @Nullable
    StopReason reason() {
        return reason.get();
    }

    /// What a signal does.
    void arrived(StopReason why) {
        boolean first = reason.compareAndSet(null, why);
        if (!first && why == StopReason.INTERRUPTED) {
            err.println();
            err.println("fovea: stopped at once; the last checkpoint is complete");
            err.flush();
            stopAtOnce.run();
        }
        if (first) {
            notes.accept(
                    why == StopReason.INTERRUPTED
                            ? "stopping after this step; Ctrl-C again stops at once"
                            : "stopping after this step (" + why.name().toLowerCase(Locale.ROOT) + ")");
        }
    }

    /// There is no public API for signals, and javac warns of `sun.misc` without a way to answer: hence reflection.
    private static void listen(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object noting = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        action.run();
                        return null;
                    });
            Object named = signal.getConstructor(String.class).newInstance(name);
            signal.getMethod("handle", signal, handler).invoke(null, named, noting);
        } catch (ReflectiveOperationException | IllegalArgumentException _) {
            // This JVM was told to leave the signal alone (-Xrs), or has none: then it ends the process as ever.
        }
    }
}
