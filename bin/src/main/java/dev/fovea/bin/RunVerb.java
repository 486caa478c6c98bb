package dev.fovea.bin;

import dev.fovea.bin.terminal.ProgressLine;
import dev.fovea.bin.terminal.Ticker;
import dev.fovea.dsl.ResolvedSpec;
import dev.fovea.dsl.run.RunFolder;
import dev.fovea.dsl.spec.RunSpec;
import dev.fovea.kernels.TornadoProbe;
import dev.fovea.reports.ClosingTable;
import dev.fovea.reports.RunPictures;
import dev.fovea.runtime.train.Outcome;
import dev.fovea.runtime.train.RunListener.Score;
import dev.fovea.runtime.train.RunListener.StopReason;
import dev.fovea.runtime.train.RunOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `fovea run SPEC`: trains, evaluates, and leaves a run folder.
@Command(
        name = "run",
        description = "Train what a spec describes, evaluate it, and keep everything in a run folder. "
                + "The same spec resumes its run; Ctrl-C, SIGTERM and SIGUSR1 save first.")
final class RunVerb implements Callable<Integer> {
    private final Fovea fovea;
    private final Training training;
    private final Function<PrintWriter, Signals> listening;

    @Mixin
    private SpecArguments arguments = new SpecArguments();

    @Option(
            names = "--resume",
            paramLabel = "WHEN",
            description = "auto: go on from the last checkpoint; never: start anew (default: auto)")
    private Resume resume = Resume.auto;

    @Option(names = "--dry-run", description = "check everything, say what would be done, and do nothing")
    private boolean dryRun;

    @Option(names = "--runs", paramLabel = "DIR", description = "folder of the runs (default: runs)")
    private Path runs = Path.of("runs");

    @Option(names = "--steps", paramLabel = "N", description = "stop and save after step N of the run")
    private @Nullable Long steps;

    @Option(names = "--threads", paramLabel = "N", description = "worker threads (default: as run.threads says)")
    private @Nullable Integer threads;

    @Option(names = "--json", description = "print the outcome as JSON")
    private boolean json;

    RunVerb(Fovea fovea, Training training, Function<PrintWriter, Signals> listening) {
        this.fovea = fovea;
        this.training = training;
        this.listening = listening;
    }

    /// When to go on from a checkpoint.
    enum Resume {
        /// if there is one
        auto,
        /// start anew
        never
    }

    @Override
    public Integer call() {
        Signals signals = listening.apply(fovea.err());
        if (steps != null && steps < 1) {
            throw new UserError(ExitCode.USAGE, "--steps " + steps + ": must be at least 1");
        }
        ResolvedSpec spec = arguments.read(fovea, threads);
        checkBackend(spec);
        if (dryRun) {
            return explain(spec);
        }
        RunOptions options = new RunOptions(
                fovea.input(runs),
                Caches.folder(fovea.environment()),
                resume == Resume.auto,
                steps == null ? 0 : steps,
                fovea.environment(),
                Version.number());
        Outcome outcome;
        try (ProgressLine progress = new ProgressLine(fovea.err(), fovea.look(), System::nanoTime, signals::reason);
                Ticker _ = Ticker.everySecond(progress::tick)) {
            signals.tellThrough(progress::note);
            outcome = training.run(spec, options, progress);
        }
        List<Path> pictures = pictures(outcome);
        if (json) {
            fovea.out().println(Json.text(asJson(spec, outcome, pictures)));
        } else {
            print(outcome, pictures);
        }
        return code(outcome.stopped()).code();
    }

    /// Pictures are a gift: without them the run is still good.
    private List<Path> pictures(Outcome outcome) {
        try {
            return RunPictures.draw(outcome.folder().path());
        } catch (RuntimeException e) {
            fovea.err()
                    .println(fovea.errStyle().warning("warning:") + " the pictures could not be drawn: "
                            + e.getMessage());
            if (fovea.verbose()) {
                e.printStackTrace(fovea.err());
            }
            return List.of();
        }
    }

    private void checkBackend(ResolvedSpec spec) {
        if (spec.spec().run().backend() != RunSpec.Backend.TORNADO) {
            return;
        }
        String reason = switch (TornadoProbe.probe(fovea.environment(), RunVerb.class.getClassLoader())) {
            case TornadoProbe.Missing missing -> missing.line();
            case TornadoProbe.Usable usable ->
                "TornadoVM is there (" + String.join("; ", usable.devices())
                        + "), but this version has no backend for it";
        };
        throw new UserError(
                ExitCode.UNAVAILABLE,
                "run.backend: tornado cannot be used: " + reason + " (or train with run.backend=cpu)");
    }

    private int explain(ResolvedSpec spec) {
        Path root = fovea.input(runs);
        Optional<RunFolder> folder = RunFolder.find(root, spec.key().text());
        String there = folder.map(RunSummary::of)
                .map(run -> run.word() + " at step " + run.progress()
                        + (run.state().resumable() && resume == Resume.auto ? ", would be resumed" : ""))
                .orElse("new");
        fovea.out().println(spec.spec().name() + "  " + spec.key().text());
        fovea.out().println("  folder   " + root.resolve(spec.key().text()) + " (" + there + ")");
        fovea.out().println("  length   " + length(spec));
        fovea.out().println("  backend  " + spec.spec().run().backend().name().toLowerCase(Locale.ROOT));
        return ExitCode.OK.code();
    }

    private static String length(ResolvedSpec spec) {
        var length = spec.spec().schedule().length();
        String amount = String.format(
                Locale.ROOT, length.amount() == Math.rint(length.amount()) ? "%.0f" : "%s", length.amount());
        return amount + " " + length.unit().name().toLowerCase(Locale.ROOT) + ", "
                + spec.spec().batch().global() + " examples in a step";
    }

    private void print(Outcome outcome, List<Path> pictures) {
        PrintWriter out = fovea.out();
        boolean unicode = fovea.surroundings().terminal().unicode();
        if (outcome.stopped() != null || outcome.step() < outcome.totalSteps()) {
            String how = outcome.stopped() == null
                    ? "stopped"
                    : outcome.stopped().name().toLowerCase(Locale.ROOT);
            out.println(how + " after step " + outcome.step() + " of " + outcome.totalSteps()
                    + "; the same command goes on from there");
        }
        if (!outcome.scores().isEmpty()) {
            List<ClosingTable.Row> rows = outcome.scores().stream()
                    .map(score -> new ClosingTable.Row(label(score), score.value(), score.chance()))
                    .toList();
            out.print(new ClosingTable("", rows).text(unicode));
        }
        place("run", outcome.folder().path());
        pictures.stream().filter(file -> file.toString().endsWith(".png")).forEach(file -> place("picture", file));
        if (!outcome.tracked().isEmpty()) {
            out.println("  tracked  " + outcome.tracked());
        }
    }

    private void place(String what, Path where) {
        fovea.out().println(String.format("  %-8s %s", what, fovea.shown(where)));
    }

    private static String label(Score score) {
        String split = score.split().isEmpty() ? "" : ", " + score.split();
        return score.task() + " " + score.metric() + split;
    }

    private static Map<String, Object> asJson(ResolvedSpec spec, Outcome outcome, List<Path> pictures) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("key", spec.key().text());
        all.put("name", spec.spec().name());
        all.put("folder", outcome.folder().path().toString());
        all.put("step", outcome.step());
        all.put("steps", outcome.totalSteps());
        all.put(
                "stopped",
                outcome.stopped() == null ? "" : outcome.stopped().name().toLowerCase(Locale.ROOT));
        all.put("scores", outcome.scores());
        all.put("pictures", pictures.stream().map(Path::toString).toList());
        all.put("tracked", outcome.tracked());
        return all;
    }

    private static ExitCode code(@Nullable StopReason stopped) {
        return switch (stopped) {
            case null -> ExitCode.OK;
            case INTERRUPTED -> ExitCode.INTERRUPTED;
            case TERMINATED -> ExitCode.TERMINATED;
            case PREEMPTED -> ExitCode.PREEMPTED;
        };
    }
}
