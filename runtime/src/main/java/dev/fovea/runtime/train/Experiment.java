package dev.fovea.runtime.train;

import dev.fovea.datasets.Corpora;
import dev.fovea.datasets.Corpus;
import dev.fovea.datasets.DataException;
import dev.fovea.datasets.Split;
import dev.fovea.datasets.Tokenizer;
import dev.fovea.datasets.Tokenizers;
import dev.fovea.datasets.TrainingBatches;
import dev.fovea.dsl.ResolvedSpec;
import dev.fovea.dsl.run.AtomicFiles;
import dev.fovea.dsl.run.Journal;
import dev.fovea.dsl.run.JournalEntry;
import dev.fovea.dsl.run.RunFolder;
import dev.fovea.dsl.run.RunLease;
import dev.fovea.dsl.run.RunState;
import dev.fovea.dsl.run.StoreException;
import dev.fovea.dsl.spec.ExperimentSpec;
import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.exec.cpu.Gemms;
import dev.fovea.runtime.memory.MemoryCheck;
import dev.fovea.runtime.store.Checkpoint;
import dev.fovea.runtime.store.Checkpoints;
import dev.fovea.runtime.store.Environment;
import dev.fovea.runtime.track.JournalSource;
import dev.fovea.runtime.track.Pace;
import dev.fovea.runtime.track.RunFacts;
import dev.fovea.runtime.track.Tracking;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One run of one spec in this process: opens everything, trains, and leaves the run folder complete whatever
/// happens.
public final class Experiment {
    /// The fact that names who multiplies matrices.
    private static final String PRODUCTS = "gemm";

    private final ResolvedSpec resolved;
    private final ExperimentSpec spec;
    private final RunOptions options;
    private final RunListener listener;

    private Experiment(ResolvedSpec resolved, RunOptions options, RunListener listener) {
        this.resolved = resolved;
        this.spec = resolved.spec();
        this.options = options;
        this.listener = listener;
    }

    /// Runs a spec to its end, or to where the listener asks it to stop.
    ///
    /// @throws RunException one line for the user; the run folder then says why it ended
    public static Outcome run(ResolvedSpec resolved, RunOptions options, RunListener listener) {
        try {
            return new Experiment(resolved, options, listener).open();
        } catch (StoreException e) {
            throw new RunException(RunException.Kind.STORAGE, message(e), e);
        } catch (DataException e) {
            throw new RunException(RunException.Kind.DATA, message(e), e);
        }
    }

    private static String message(Throwable e) {
        return String.valueOf(e.getMessage());
    }

    private Outcome open() {
        RunFolder folder =
                RunFolder.create(options.runs(), resolved.key().text(), text(resolved.file()), resolved.yaml(false));
        try (RunLease lease = folder.claim();
                Journal journal = Journal.openForAppend(folder.journalFile())) {
            lease.takenFrom().ifPresent(o -> listener.note("the run was held by " + o + ", which is gone"));
            journal.cut()
                    .ifPresent(
                            c -> listener.note("the journal's last " + c.bytes() + " bytes were torn and are cut off"));
            Results.Saved saved = options.resume() ? finished(folder) : null;
            return saved == null
                    ? attempt(folder, lease, journal)
                    : new Outcome(folder, saved.step(), saved.step(), null, saved.scores(), "");
        }
    }

    /// The results of a run that is finished already, or null: nothing is computed again.
    private Results.@Nullable Saved finished(RunFolder folder) {
        if (folder.state().status() != RunState.Status.FINISHED) {
            return null;
        }
        Results.Saved saved = Results.read(folder).orElse(null);
        if (saved == null) {
            listener.note(
                    "the run is finished, but its results/summary.json is missing or damaged; it is evaluated again");
        } else {
            listener.note("the run is finished, at step " + saved.step() + "; these are its results");
        }
        return saved;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read", e);
        }
    }

    /// One attempt, journaled from Started to Ended.
    private Outcome attempt(RunFolder folder, RunLease lease, Journal journal) {
        AtomicFiles.write(folder.resolvedFile(), resolved.yaml(false));
        Gemms.Choice products = Backends.products(spec.run(), spec.precision());
        Map<String, String> backend = new TreeMap<>();
        backend.put("fovea.backend", spec.run().backend().name());
        if (products != null) {
            backend.put("fovea." + PRODUCTS, products.text());
        }
        Environment.collect(workingFolder(), backend).write(folder.environmentFile());
        int attempt = (int) folder.entries().stream()
                        .filter(e -> e instanceof JournalEntry.Started)
                        .count()
                + 1;
        Map<String, String> facts = new TreeMap<>();
        facts.put("version", options.version());
        facts.put("name", spec.name());
        if (products != null) {
            noteOtherProducts(folder, products.name());
            facts.put(PRODUCTS, products.name());
        }
        journal.append(new JournalEntry.Started(now(), attempt, folder.key(), facts));
        try (Tracking tracking = track(folder)) {
            try {
                Outcome outcome = train(folder, lease, journal, tracking.place());
                end(folder, journal, outcome);
                return outcome;
            } catch (RuntimeException | OutOfMemoryError e) {
                throw failed(folder, journal, e);
            }
        }
    }

    /// The bits of a continued run are those of an unbroken one only if both attempts multiply alike.
    private void noteOtherProducts(RunFolder folder, String products) {
        String before = null;
        for (JournalEntry entry : folder.entries()) {
            if (entry instanceof JournalEntry.Started started) {
                before = started.facts().getOrDefault(PRODUCTS, before);
            }
        }
        if (before != null && !before.equals(products)) {
            listener.note("matrix products were by " + before + " before and are by " + products
                    + " now: the run goes on, but not bit for bit as if it had not been interrupted");
        }
    }

    private static Path workingFolder() {
        return Path.of("").toAbsolutePath();
    }

    private static long now() {
        return System.currentTimeMillis();
    }

    private Tracking track(RunFolder folder) {
        RunFacts facts = RunFacts.of(folder.key(), spec.name()).withParametersOf(resolved.yaml(false));
        Path workspace = options.runs().toAbsolutePath().getParent();
        try {
            return Tracking.open(
                    spec.tracking(),
                    options.environment(),
                    workspace == null ? options.runs() : workspace,
                    facts,
                    JournalSource.of(folder.journalFile()),
                    folder.path(),
                    Pace.USUAL,
                    listener::note);
        } catch (IllegalArgumentException e) {
            throw new RunException(RunException.Kind.SPEC, message(e), e);
        }
    }

    private static void end(RunFolder folder, Journal journal, Outcome o) {
        String reason = switch (o.stopped()) {
            case null -> JournalEntry.Ended.FINISHED;
            case PREEMPTED -> JournalEntry.Ended.PREEMPTED;
            case INTERRUPTED, TERMINATED -> JournalEntry.Ended.INTERRUPTED;
        };
        journal.append(new JournalEntry.Ended(now(), o.step(), reason, ""));
        journal.sync();
        folder.writeStatus();
    }

    /// Notes a failure in the journal, as far as that is still possible, and gives it its one line.
    private static RunException failed(RunFolder folder, Journal journal, Throwable e) {
        RunException known = switch (e) {
            case RunException r -> r;
            case OutOfMemoryError _ ->
                new RunException(
                        RunException.Kind.OUT_OF_MEMORY,
                        "out of memory: " + Programs.ADVICE
                                + ", or lower batch.global, the scales or the model's width",
                        e);
            case StoreException s -> new RunException(RunException.Kind.STORAGE, message(s), s);
            case DataException d -> new RunException(RunException.Kind.DATA, message(d), d);
            case RuntimeException bug -> throw bug;
            default -> throw new IllegalStateException(e);
        };
        try {
            long step = folder.state().step();
            String reason = JournalEntry.Ended.FAILED + known.kind().label();
            journal.append(new JournalEntry.Ended(now(), step, reason, message(known)));
            folder.writeStatus();
        } catch (StoreException second) {
            known.addSuppressed(second);
        }
        return known;
    }

    private Outcome train(RunFolder folder, RunLease lease, Journal journal, String tracked) {
        try (Corpus corpus = corpus();
                Backend backend = Backends.open(spec.run(), spec.precision());
                Store store = backend.store()) {
            Tokenizer tokenizer = tokenizer(corpus, folder);
            Programs programs = new Programs(spec);
            programs.requireMemory();
            try (Compiled step = programs.training(backend, store);
                    Compiled evaluation = programs.evaluation(backend, store);
                    TrainingBatches data = batches(corpus, tokenizer)) {
                Checkpoints checkpoints = new Checkpoints(
                        folder.checkpoints(),
                        folder.key(),
                        spec.run().checkpoint().keep(),
                        listener::note);
                Snapshots snapshots = new Snapshots(store, checkpoints, programs.parameters());
                long first = resume(checkpoints, snapshots, new StartingPoint(resolved, journal, listener), store);
                Steps steps = new Steps(spec.batch().global(), elements(corpus));
                long total = steps.of("schedule.length", spec.schedule().length());
                announce(folder, backend, snapshots, programs, first, total);
                TrainingLoop.Setup setup = new TrainingLoop.Setup(
                        spec,
                        folder.key(),
                        folder,
                        lease,
                        journal,
                        step,
                        data,
                        new Evaluation(spec, corpus, tokenizer, evaluation, listener),
                        snapshots,
                        listener,
                        total,
                        steps.of("eval.every", spec.eval().every()),
                        options.stopAfter());
                TrainingLoop.Ending ending = new TrainingLoop(setup, schedule(steps, total)).run(first);
                MemoryCheck memory = MemoryCheck.now(programs.forecast());
                journal.append(new JournalEntry.Note(now(), "info", memory.line()));
                listener.note(memory.line());
                Evaluation.Found last = ending.last();
                if (last == null) {
                    return new Outcome(folder, ending.step(), total, ending.stop(), List.of(), tracked);
                }
                Results.write(folder, ending.step(), last, memory);
                return new Outcome(folder, ending.step(), total, null, last.scores(), tracked);
            }
        }
    }

    private Corpus corpus() {
        Corpus corpus = Corpora.open(spec.data(), specFolder(), options.cache(), listener::progress);
        corpus.prepare(listener::progress, Backends.threads(spec.run()));
        return corpus;
    }

    /// What relative paths of the spec are relative to.
    private Path specFolder() {
        Path folder = resolved.file().toAbsolutePath().getParent();
        return folder == null ? workingFolder() : folder;
    }

    private Tokenizer tokenizer(Corpus corpus, RunFolder folder) {
        Tokenizer tokenizer = Tokenizers.open(
                spec.data().tokenizer(), corpus, spec.model().text().vocab(), specFolder(), options.cache());
        if (tokenizer.size() > spec.model().text().vocab()) {
            throw new RunException(
                    RunException.Kind.SPEC,
                    "model.text.vocab: " + spec.model().text().vocab() + " rows are too few for the tokenizer's "
                            + tokenizer.size() + " ids");
        }
        try {
            Tokenizers.save(tokenizer, folder.path().resolve(Tokenizers.FILE));
        } catch (IOException e) {
            throw StoreException.of("write", folder.path().resolve(Tokenizers.FILE), e);
        }
        return tokenizer;
    }

    /// Elements in one pass over the data.
    private long elements(Corpus corpus) {
        long pictures = corpus.size(Split.TRAIN);
        return pictures == Long.MAX_VALUE
                ? pictures
                : Math.multiplyExact(pictures, spec.data().captions().elementsPerImage());
    }

    private TrainingBatches batches(Corpus corpus, Tokenizer tokenizer) {
        return new TrainingBatches(
                corpus,
                tokenizer,
                spec.data(),
                spec.batch().global(),
                spec.model().ps3().scales().getLast(),
                spec.model().text().context(),
                spec.seed(),
                Backends.threads(spec.run()),
                spec.run().maxBadSamples(),
                Forecasts.allBoxes(spec));
    }

    /// Loads the newest checkpoint, or starts afresh; answers the steps done.
    private long resume(Checkpoints checkpoints, Snapshots snapshots, StartingPoint start, Store store) {
        Optional<Checkpoint> latest = checkpoints.latest();
        if (latest.isEmpty()) {
            start.fill(snapshots, store);
            return 0;
        }
        Checkpoint checkpoint = latest.get();
        if (!options.resume()) {
            throw new RunException(
                    RunException.Kind.STORAGE,
                    checkpoint.folder() + ": this run has been started before, at step "
                            + checkpoint.state().step() + "; continue it with --resume auto, or remove its folder");
        }
        snapshots.load(checkpoint);
        listener.note("continues at step " + checkpoint.state().step());
        return checkpoint.state().step();
    }

    private Schedule schedule(Steps steps, long total) {
        long warmup = steps.of("schedule.warmup", spec.schedule().warmup());
        boolean cosine = !spec.schedule().type().equals("constant");
        return new Schedule(spec.optim().lr(), warmup, total, cosine);
    }

    private void announce(
            RunFolder folder, Backend backend, Snapshots snapshots, Programs programs, long first, long total) {
        listener.started(new RunListener.RunStart(
                folder.key(),
                spec.name(),
                folder.path(),
                first,
                total,
                backend.describe(),
                Backends.threads(spec.run()),
                snapshots.parameters(),
                programs.forecast().total()));
        if (!programs.choice().isEmpty()) {
            listener.note(programs.choice());
        }
    }
}
