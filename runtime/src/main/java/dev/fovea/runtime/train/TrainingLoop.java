package dev.fovea.runtime.train;

import dev.fovea.datasets.Batch;
import dev.fovea.datasets.DataCounters;
import dev.fovea.datasets.TrainingBatches;
import dev.fovea.dsl.run.Journal;
import dev.fovea.dsl.run.JournalEntry;
import dev.fovea.dsl.run.RunFolder;
import dev.fovea.dsl.run.RunLease;
import dev.fovea.dsl.spec.ExperimentSpec;
import dev.fovea.dsl.spec.OptimSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// The loop: take a batch, run the step, look at the loss, update, and at the boundaries log, evaluate, save,
/// stop.
final class TrainingLoop {
    /// Losses of a step as they are shown, with the metric of each; a baseline has no maps and none of theirs.
    private static final SequencedMap<String, String> LOSSES = losses();

    private final Setup setup;
    private final ExperimentSpec spec;
    private final Schedule schedule;
    private final Throughput throughput;
    private final SavePace pace;
    private long saved = -1;
    private long knownBroken;

    /// What the loop works with.
    ///
    /// @param total steps of the whole run
    /// @param evaluateEvery steps between evaluations
    /// @param stopAfter step to stop at early, or 0
    record Setup(
            ExperimentSpec spec,
            String key,
            RunFolder folder,
            RunLease lease,
            Journal journal,
            Compiled program,
            TrainingBatches data,
            Evaluation evaluation,
            Snapshots snapshots,
            RunListener listener,
            long total,
            long evaluateEvery,
            long stopAfter) {}

    /// How the loop ended.
    ///
    /// @param step steps done
    /// @param stop why it ended early, or null
    /// @param last the evaluation at the end of the run, or null if it ended early
    record Ending(long step, RunListener.@Nullable StopReason stop, Evaluation.@Nullable Found last) {}

    TrainingLoop(Setup setup, Schedule schedule) {
        this.setup = setup;
        this.spec = setup.spec();
        this.schedule = schedule;
        this.throughput = new Throughput(spec.batch().global());
        this.pace = new SavePace(spec.run().checkpoint().every());
    }

    /// Trains from `first` steps done to the end, or to where it is told to stop.
    Ending run(long first) {
        setup.data().seek(first);
        Evaluation.Found last = null;
        long step = first;
        setup.program().session().write(setup.program().input("one"), 1);
        while (step < setup.total()) {
            SequencedMap<String, Double> scalars = step(step);
            step++;
            boolean end = step == setup.total();
            if (end || step % spec.run().logEvery() == 0) {
                setup.journal().append(new JournalEntry.Scalars(System.currentTimeMillis(), step, scalars));
                tellOfBrokenExamples();
            }
            if (end || (setup.evaluateEvery() > 0 && step % setup.evaluateEvery() == 0)) {
                last = evaluate(step, end);
            }
            setup.lease().check();
            if (end || pace.due(step)) {
                save(step);
            }
            RunListener.StopReason stop = setup.listener().stopRequested();
            if (!end && (stop != null || step == setup.stopAfter())) {
                save(step);
                return new Ending(step, stop == null ? RunListener.StopReason.INTERRUPTED : stop, null);
            }
        }
        if (last == null) {
            last = evaluate(step, true);
        }
        return new Ending(step, null, last);
    }

    private SequencedMap<String, Double> step(long step) {
        Compiled program = setup.program();
        Batch batch = setup.data().next();
        Inputs.write(program, batch);
        double rate = schedule.rate(step);
        OptimSpec optim = spec.optim();
        program.session()
                .write(
                        program.input("rates"),
                        rate,
                        1 - Math.pow(optim.betas().get(0), step + 1.0),
                        1 - Math.pow(optim.betas().get(1), step + 1.0));
        program.session().write(program.input("step"), (double) step);
        program.session().compute();
        SequencedMap<String, Double> scalars = scalars(rate);
        requireFinite(scalars, step, batch);
        program.session().update();
        batch.release();
        report(step + 1, scalars);
        return scalars;
    }

    private static SequencedMap<String, String> losses() {
        SequencedMap<String, String> names = new LinkedHashMap<>();
        names.put("loss", "train/loss");
        names.put("contrast", "train/contrastive_loss");
        names.put("prior", "train/prior_box_loss");
        names.put("posterior", "train/posterior_box_loss");
        return Collections.unmodifiableSequencedMap(names);
    }

    private SequencedMap<String, Double> scalars(double rate) {
        SequencedMap<String, Double> s = new LinkedHashMap<>();
        for (String name : List.of("loss", "contrastive_loss", "prior_box_loss", "posterior_box_loss", "grad_norm")) {
            if (setup.program().has(name)) {
                s.put("train/" + name, setup.program().result(name)[0]);
            }
        }
        s.put("train/lr", rate);
        return s;
    }

    /// Says once for each new broken example, as long as they are named, that it was replaced.
    private void tellOfBrokenExamples() {
        DataCounters counters = setup.data().counters();
        if (counters.broken() == knownBroken) {
            return;
        }
        int from = (int) Math.min(knownBroken, counters.firstBroken().size());
        String named = String.join(
                "; ",
                counters.firstBroken().subList(from, counters.firstBroken().size()));
        String text = counters.broken() + " of " + counters.read() + " examples were broken and replaced"
                + (named.isEmpty() ? "" : ": " + named);
        knownBroken = counters.broken();
        setup.journal().append(new JournalEntry.Note(System.currentTimeMillis(), "warn", text));
        setup.listener().note(text);
    }

    /// Stops before the update, so that parameters stay as they were.
    private void requireFinite(SequencedMap<String, Double> scalars, long step, Batch batch) {
        if (scalars.values().stream().allMatch(Double::isFinite)) {
            return;
        }
        String culprit = setup.program().session().findNonFinite();
        save(step);
        List<String> keys = batch.elements().stream().map(e -> e.key()).toList();
        throw new RunException(
                RunException.Kind.NOT_FINITE,
                "step " + (step + 1) + ": " + scalars + "; the first value that is not finite came from "
                        + (culprit.isEmpty() ? "an overflow in the loss" : culprit) + "; parameters before the step are"
                        + " saved; the batch was " + keys);
    }

    private void report(long step, SequencedMap<String, Double> s) {
        throughput.step();
        List<RunListener.Named> losses = new ArrayList<>();
        LOSSES.forEach((name, metric) -> {
            Double value = s.get(metric);
            if (value != null) {
                losses.add(new RunListener.Named(name, value));
            }
        });
        setup.listener()
                .step(new RunListener.StepReport(
                        step,
                        setup.total(),
                        losses,
                        throughput.imagesPerSecond(),
                        throughput.secondsLeft(setup.total() - step),
                        Throughput.residentBytes()));
    }

    private Evaluation.Found evaluate(long step, boolean end) {
        Evaluation.Found found = setup.evaluation().run(end ? Results.SAMPLES : 0);
        SequencedMap<String, Double> scalars = new LinkedHashMap<>();
        for (RunListener.Score s : found.scores()) {
            scalars.put(Results.metricName(s), s.value());
        }
        setup.journal().append(new JournalEntry.Scalars(System.currentTimeMillis(), step, scalars));
        setup.listener().evaluated(new RunListener.EvalReport(step, found.scores()));
        throughput.pause();
        return found;
    }

    private void save(long step) {
        if (saved == step) {
            return;
        }
        Path checkpoint = setup.snapshots().save(setup.key(), step);
        saved = step;
        pace.saved(step);
        String file = setup.folder().path().relativize(checkpoint).toString();
        setup.journal().append(new JournalEntry.Saved(System.currentTimeMillis(), step, file));
        setup.listener().saved(step, checkpoint);
        throughput.pause();
    }
}
