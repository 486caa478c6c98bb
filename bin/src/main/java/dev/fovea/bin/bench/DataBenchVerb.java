package dev.fovea.bin.bench;

import dev.fovea.bin.Caches;
import dev.fovea.bin.ExitCode;
import dev.fovea.bin.Fovea;
import dev.fovea.bin.terminal.ProgressLine;
import dev.fovea.bin.terminal.Quantities;
import dev.fovea.datasets.Batch;
import dev.fovea.datasets.BrokenSampleException;
import dev.fovea.datasets.Corpora;
import dev.fovea.datasets.Corpus;
import dev.fovea.datasets.Split;
import dev.fovea.datasets.Tokenizer;
import dev.fovea.datasets.Tokenizers;
import dev.fovea.datasets.TrainingBatches;
import dev.fovea.dsl.ResolvedSpec;
import dev.fovea.dsl.spec.ExperimentSpec;
import dev.fovea.dsl.spec.LossSpec;
import dev.fovea.runtime.bench.Measurement;
import dev.fovea.runtime.bench.PeakMemory;
import dev.fovea.runtime.bench.Timings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.IntConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `fovea bench data [SPEC]`: how fast the data of a spec come, without training.
@Command(
        name = "data",
        description = "Measure how fast the training data of a spec come, without training: examples drawn one by one "
                + "on one thread (decoding or composing), texts tokenised, and whole batches on all threads.")
final class DataBenchVerb implements Callable<Integer> {
    private static final int SAMPLES = 30, QUICK_SAMPLES = 5;
    private static final double PATIENCE = 20, QUICK_PATIENCE = 3;
    private static final int TEXTS = 1000;

    private final Fovea fovea;

    @Mixin
    private BenchSpec given = new BenchSpec();

    @Mixin
    private BenchOptions options = new BenchOptions();

    DataBenchVerb(Fovea fovea) {
        this.fovea = fovea;
    }

    /// What is measured.
    ///
    /// @param images handled in one round
    private record Task(String name, int images, String unit, Runnable round) {}

    @Override
    public Integer call() throws IOException {
        ResolvedSpec resolved = given.read(fovea);
        BenchReport report = new BenchReport(fovea, options, "data");
        Path folder = resolved.file().toAbsolutePath().getParent();
        Path home = folder == null ? Path.of("") : folder;
        Path caches = Caches.folder(fovea.environment());
        ExperimentSpec spec = resolved.spec();
        List<Measurement> measured = new ArrayList<>();
        try (ProgressLine line = new ProgressLine(fovea.err(), fovea.look(), System::nanoTime, () -> null);
                Corpus corpus = Corpora.open(spec.data(), home, caches, line::progress)) {
            corpus.prepare(line::progress, options.threads());
            Tokenizer tokenizer = Tokenizers.open(
                    spec.data().tokenizer(), corpus, spec.model().text().vocab(), home, caches);
            try (TrainingBatches batches = batches(spec, corpus, tokenizer)) {
                for (Task task : tasks(spec, corpus, tokenizer, batches)) {
                    measured.add(
                            measure(task, rounds -> line.progress(task.name(), rounds, Math.max(rounds, SAMPLES))));
                }
            }
        }
        report.finish(measured, "none", "rate", "peak memory");
        return ExitCode.OK.code();
    }

    private List<Task> tasks(ExperimentSpec spec, Corpus corpus, Tokenizer tokenizer, TrainingBatches batches) {
        int batch = spec.batch().global();
        int context = spec.model().text().context();
        List<String> captions = corpus.captions();
        long[] next = new long[1];
        List<Task> all = List.of(
                new Task("example, one thread", 1, "images/s", () -> draw(corpus, next)),
                new Task("tokenise " + TEXTS + " texts", TEXTS, "texts/s", () -> {
                    for (int i = 0; i < TEXTS; i++) {
                        tokenizer.encode(captions.get(i % captions.size()), context);
                    }
                }),
                new Task(
                        "batch of " + batch + " at "
                                + spec.model().ps3().scales().getLast(),
                        batch,
                        "images/s",
                        () -> {
                            Batch made = batches.next();
                            made.release();
                        }));
        List<Task> wanted = all.stream()
                .filter(task -> options.wants(task.name()) && (task.unit().equals("images/s") || !captions.isEmpty()))
                .toList();
        if (wanted.isEmpty()) {
            throw options.nothing();
        }
        return wanted;
    }

    /// The next example that is whole; the loader replaces broken ones likewise.
    private static void draw(Corpus corpus, long[] next) {
        long size = corpus.size(Split.TRAIN);
        for (boolean whole = false; !whole; ) {
            try {
                corpus.example(Split.TRAIN, next[0]++ % size);
                whole = true;
            } catch (BrokenSampleException _) {
                // Another one is taken; `fovea run` says which are broken.
            }
        }
    }

    private TrainingBatches batches(ExperimentSpec spec, Corpus corpus, Tokenizer tokenizer) {
        return new TrainingBatches(
                corpus,
                tokenizer,
                spec.data(),
                spec.batch().global(),
                spec.model().ps3().scales().getLast(),
                spec.model().text().context(),
                spec.seed(),
                options.threads(),
                spec.run().maxBadSamples(),
                spec.model().selects() && spec.loss().box().priorTarget() == LossSpec.PriorTarget.ALL_BOXES);
    }

    private Measurement measure(Task task, IntConsumer progress) {
        Timings timings = Timings.of(
                task.round(),
                options.quick ? QUICK_SAMPLES : SAMPLES,
                options.quick ? QUICK_PATIENCE : PATIENCE,
                System::nanoTime,
                progress);
        LinkedHashMap<String, String> facts = new LinkedHashMap<>();
        double seconds = timings.measurement(task.name(), 0, 0, facts).seconds();
        facts.put("rate", String.format(Locale.ROOT, "%.3g %s", task.images() / seconds, task.unit()));
        facts.put("peak memory", Quantities.bytes(PeakMemory.bytes()));
        return timings.measurement(task.name(), 0, 0, facts);
    }
}
