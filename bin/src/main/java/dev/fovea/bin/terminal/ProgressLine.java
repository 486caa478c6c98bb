package dev.fovea.bin.terminal;

import dev.fovea.runtime.train.RunListener;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Shows a run as it goes. On a terminal one line is rewritten in place, at most once a second, never wider than
/// the terminal, and is gone when the run ends; otherwise plain lines at intervals, without carriage returns.
public final class ProgressLine implements RunListener, AutoCloseable {
    private static final String CLEAR = "\r\u001b[K";
    private static final long SECOND = 1_000_000_000L;

    private final PrintWriter out;
    private final Look look;
    private final LongSupplier nanoTime;
    private final Supplier<@Nullable StopReason> stop;
    private long lastShown;
    private boolean shown;
    private String lastWork = "";
    private boolean lineOpen;
    private @Nullable EvalReport lastEvaluation;
    private @Nullable StepReport lastStep;

    /// How to show it.
    ///
    /// @param live rewrite one line in place
    /// @param quiet show nothing but notes
    /// @param columns present width of the terminal
    /// @param unicode whether box characters can be shown
    /// @param secondsBetween seconds between two plain lines
    public record Look(
            boolean live, boolean quiet, IntSupplier columns, boolean unicode, int secondsBetween, Style style) {}

    /// @param out where lines go, usually standard error
    /// @param nanoTime a clock as [System#nanoTime]
    /// @param stop why the run must end, or null to go on
    public ProgressLine(PrintWriter out, Look look, LongSupplier nanoTime, Supplier<@Nullable StopReason> stop) {
        this.out = out;
        this.look = look;
        this.nanoTime = nanoTime;
        this.stop = stop;
    }

    @Override
    public synchronized void started(RunStart start) {
        if (look.quiet()) {
            return;
        }
        String size = start.plannedBytes() > 0 ? ", " + Quantities.bytes(start.plannedBytes()) + " predicted" : "";
        permanent(look.style().bold(start.name()) + "  " + start.key());
        permanent("  " + Quantities.count((double) start.parameters()) + " parameters, " + steps(start) + size);
        permanent("  " + start.backend());
        lastWork = "";
        shown = false;
        if (look.live()) {
            rewrite("step " + start.firstStep() + "/" + start.totalSteps() + " ...");
        }
    }

    @Override
    public synchronized void step(StepReport report) {
        boolean last = report.step() >= report.totalSteps();
        if (look.quiet() || !due(last || !lastWork.isEmpty())) {
            return;
        }
        lastWork = "";
        if (look.live()) {
            lastStep = report;
            rewrite(ProgressText.fitted(report, look.columns().getAsInt() - 1, look.unicode()));
        } else {
            permanent(ProgressText.full(report));
        }
    }

    /// Counts the remaining time down while a step takes long; called once a second, from any thread.
    public synchronized void tick() {
        StepReport last = lastStep;
        if (last == null || !lineOpen || nanoTime.getAsLong() - lastShown < SECOND) {
            return;
        }
        double since = (nanoTime.getAsLong() - lastShown) / (double) SECOND;
        double left = Math.max(0, last.secondsLeft() - since);
        StepReport now = new StepReport(
                last.step(), last.totalSteps(), last.losses(), last.imagesPerSecond(), left, last.memoryBytes());
        rewrite(ProgressText.fitted(now, look.columns().getAsInt() - 1, look.unicode()));
    }

    @Override
    public synchronized void progress(String what, long done, long total) {
        boolean begins = !what.equals(lastWork);
        if (look.quiet() || !due(begins)) {
            return;
        }
        lastWork = what;
        lastStep = null;
        if (look.live()) {
            rewrite(ProgressText.cut(
                    ProgressText.other(what, done, total), look.columns().getAsInt() - 1));
        } else {
            permanent(ProgressText.other(what, done, total));
        }
    }

    @Override
    public synchronized void evaluated(EvalReport report) {
        lastEvaluation = report;
        if (look.quiet()) {
            return;
        }
        StringBuilder line = new StringBuilder("step " + report.step() + " evaluated:");
        for (Score score : report.scores()) {
            line.append("  ").append(label(score)).append(' ').append(Quantities.number(score.value()));
        }
        permanent(line.toString());
    }

    @Override
    public synchronized void saved(long step, Path checkpoint) {
        if (!look.quiet() && !look.live()) {
            permanent("step " + step + " saved in " + checkpoint);
        }
    }

    @Override
    public synchronized void note(String text) {
        permanent(text);
    }

    @Override
    public @Nullable StopReason stopRequested() {
        return stop.get();
    }

    /// The newest evaluation, or null before the first.
    public synchronized @Nullable EvalReport lastEvaluation() {
        return lastEvaluation;
    }

    /// Takes the live line away.
    @Override
    public synchronized void close() {
        lastStep = null;
        if (lineOpen) {
            out.print(CLEAR);
            lineOpen = false;
        }
        out.flush();
    }

    private static String steps(RunStart start) {
        if (start.firstStep() >= start.totalSteps()) {
            return "all " + start.totalSteps() + " steps done";
        }
        return start.firstStep() > 0
                ? "steps " + (start.firstStep() + 1) + " to " + start.totalSteps()
                : start.totalSteps() + " steps";
    }

    private static String label(Score score) {
        return score.split().isEmpty() ? score.metric() : score.metric() + " (" + score.split() + ")";
    }

    private boolean due(boolean now) {
        long time = nanoTime.getAsLong();
        long wait = look.live() ? SECOND : look.secondsBetween() * SECOND;
        if (!now && shown && time - lastShown < wait) {
            return false;
        }
        lastShown = time;
        shown = true;
        return true;
    }

    private void rewrite(String text) {
        out.print(CLEAR + text);
        out.flush();
        lineOpen = true;
    }

    private void permanent(String text) {
        if (lineOpen) {
            out.print(CLEAR);
            lineOpen = false;
        }
        out.println(text);
        out.flush();
    }
}
