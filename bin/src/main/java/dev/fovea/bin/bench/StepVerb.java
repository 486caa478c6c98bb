package dev.fovea.bin.bench;

import dev.fovea.bin.ExitCode;
import dev.fovea.bin.Fovea;
import dev.fovea.bin.SpecArguments;
import dev.fovea.bin.UserError;
import dev.fovea.bin.bench.StepArm.Outcome;
import dev.fovea.dsl.SpecReader;
import dev.fovea.dsl.Study;
import dev.fovea.dsl.Sweep;
import dev.fovea.runtime.bench.PeakMemory;
import dev.fovea.runtime.bench.PictureTimes;
import dev.fovea.runtime.bench.StepBench;
import dev.fovea.runtime.bench.StepPlan;
import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.train.Backends;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `fovea bench step SPEC`: the time and memory of whole steps of a spec, or of every point of a sweep in it.
@Command(
        name = "step",
        description = "Measure time and memory of a whole training step, and of one look forward, of a spec or of the "
                + "points of a sweep. Each is run in a process of its own, on made-up numbers: decoding and resizing "
                + "are told apart.")
final class StepVerb implements Callable<Integer> {
    private static final int STEPS = 10, QUICK_STEPS = 3;
    private static final double PATIENCE = 30, QUICK_PATIENCE = 5;

    private final Fovea fovea;

    @Mixin
    private SpecArguments arguments = new SpecArguments();

    @Mixin
    private BenchOptions options = new BenchOptions();

    @Option(names = "--sweep", paramLabel = "NAME", description = "every point of this sweep of the spec")
    private String sweep = "";

    @Option(names = "--point", paramLabel = "LABEL", description = "only this point; may be repeated")
    private List<String> points = List.of();

    @Option(names = "--steps", paramLabel = "N", description = "steps to take the median of (default: 10)")
    private int steps;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            description = "training, forward or both: a training step, or one look at a batch (default: both)")
    private Mode mode = Mode.both;

    @Option(
            names = "--limit",
            paramLabel = "SECONDS",
            description = "do not run, but predict, what would take longer a step (default: 120)")
    private double limit = 120;

    @Option(names = "--cpu-time", description = "CPU time instead of the clock's, for busy machines; on one thread")
    private boolean cpuTime;

    @Option(names = "--ops", description = "list the time of each kind of operation")
    private boolean ops;

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description = "write a table (Markdown, CSV), the operations (CSV) and a plot (SVG, PNG) into DIR")
    private @Nullable Path report;

    @Option(names = "--child", paramLabel = "FILE", hidden = true)
    private @Nullable Path child;

    StepVerb(Fovea fovea) {
        this.fovea = fovea;
    }

    /// What to time.
    enum Mode {
        /// a step of training
        training,
        /// one look
        forward,
        /// one after the other
        both;

        private List<StepPlan.Mode> modes() {
            return switch (this) {
                case training -> List.of(StepPlan.Mode.TRAINING);
                case forward -> List.of(StepPlan.Mode.FORWARD);
                case both -> List.of(StepPlan.Mode.TRAINING, StepPlan.Mode.FORWARD);
            };
        }
    }

    @Override
    public Integer call() throws IOException {
        check();
        List<StepArm> arms = arms();
        if (child != null) {
            StepChild.answer(measure(arms.getFirst(), mode.modes().getFirst()), child);
            return ExitCode.OK.code();
        }
        BenchReport bench = new BenchReport(fovea, options, "step");
        long memory = PeakMemory.availableBytes() > 0 ? PeakMemory.availableBytes() : Long.MAX_VALUE;
        StepStudy study = new StepStudy(new StepChild(fovea, childArguments()), memory, limit, this::tell);
        List<Outcome> outcomes = study.run(arms, mode.modes());
        StepReport told = new StepReport(fovea, outcomes);
        if (ops) {
            told.printOperations();
        }
        bench.finish(told.measurements(), told.gemm(), StepReport.FACTS);
        told.printUnmeasured();
        if (report != null) {
            told.write(fovea.resolve(report), title(arms.getFirst()), options.threads());
        }
        boolean failed = outcomes.stream().anyMatch(o -> o.note().startsWith("failed"));
        return (failed ? ExitCode.RUN_FAILED : ExitCode.OK).code();
    }

    private void check() {
        if (!points.isEmpty() && sweep.isEmpty()) {
            throw new UserError(ExitCode.USAGE, "--point needs --sweep NAME");
        }
        if (steps < 0) {
            throw new UserError(ExitCode.USAGE, "--steps " + steps + ": must be at least 1");
        }
        if (cpuTime && options.threads() != 1) {
            throw new UserError(ExitCode.USAGE, "--cpu-time counts one thread; add --threads 1");
        }
    }

    private List<StepArm> arms() {
        List<StepArm> all = sweep.isEmpty() ? baseline() : pointsOf(sweep);
        List<StepArm> wanted = all.stream()
                .filter(arm -> sweep.isEmpty() || options.wants(arm.label()))
                .toList();
        if (wanted.isEmpty()) {
            throw options.nothing();
        }
        return wanted;
    }

    private List<StepArm> baseline() {
        return List.of(new StepArm("", "", arguments.read(fovea).spec()));
    }

    private List<StepArm> pointsOf(String name) {
        Study study = SpecReader.readStudy(fovea.input(arguments.file()), arguments.overrides());
        Sweep found = study.sweep(name)
                .orElseThrow(() -> new UserError(
                        ExitCode.USAGE,
                        "--sweep " + name + ": " + arguments.file() + " has "
                                + (study.sweeps().isEmpty()
                                        ? "no sweeps"
                                        : study.sweeps().stream()
                                                .map(Sweep::name)
                                                .toList())));
        Set<String> labels = new LinkedHashSet<>(points);
        List<StepArm> arms = new ArrayList<>();
        for (Sweep.Point point : found.points()) {
            if (points.isEmpty() || labels.remove(point.label())) {
                arms.add(new StepArm(name, point.label(), point.spec().spec()));
            }
        }
        if (!labels.isEmpty()) {
            List<String> known = found.points().stream().map(Sweep.Point::label).toList();
            throw new UserError(
                    ExitCode.USAGE, "--point " + labels.iterator().next() + ": sweep " + name + " has " + known);
        }
        return arms;
    }

    /// In the child: times the arm on a backend as a run would open it.
    private StepArm.Found measure(StepArm arm, StepPlan.Mode what) throws IOException {
        LongSupplier clock = cpuTime ? ManagementFactory.getThreadMXBean()::getCurrentThreadCpuTime : System::nanoTime;
        int samples = steps > 0 ? steps : options.quick ? QUICK_STEPS : STEPS;
        var settings = new StepBench.Settings(samples, options.quick ? QUICK_PATIENCE : PATIENCE, clock);
        try (Backend backend = Backends.open(arm.spec().run(), arm.spec().precision())) {
            var times = StepBench.run(arm.spec(), what, backend, settings);
            int side = arm.spec().model().ps3().scales().getLast();
            return new StepArm.Found(times, PictureTimes.measure(side));
        }
    }

    /// The same spec and settings for the process of one arm.
    private List<String> childArguments() {
        List<String> all = new ArrayList<>();
        all.add(fovea.resolve(arguments.file()).toString());
        all.addAll(arguments.overrides());
        all.add("run.threads=" + options.threads());
        all.addAll(List.of("--threads", String.valueOf(options.threads()), "--steps", String.valueOf(steps)));
        if (options.quick) {
            all.add("--quick");
        }
        if (cpuTime) {
            all.add("--cpu-time");
        }
        return all;
    }

    private void tell(String what) {
        if (!fovea.quiet()) {
            fovea.err().println(what);
            fovea.err().flush();
        }
    }

    private String title(StepArm first) {
        String name = first.spec().name();
        return sweep.isEmpty() || sweep.toLowerCase(Locale.ROOT).equals(name) ? name : name + ", " + sweep;
    }
}
