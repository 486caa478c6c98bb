package dev.fovea.bin.bench;

import dev.fovea.bin.ExitCode;
import dev.fovea.bin.Fovea;
import dev.fovea.bin.UserError;
import dev.fovea.bin.terminal.ProgressLine;
import dev.fovea.dsl.spec.RunSpec;
import dev.fovea.runtime.bench.KernelCase;
import dev.fovea.runtime.bench.KernelCases;
import dev.fovea.runtime.bench.Measurement;
import dev.fovea.runtime.bench.OneOp;
import dev.fovea.runtime.bench.OpBytes;
import dev.fovea.runtime.ir.Op;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Statistics;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `fovea bench kernels`: every kernel alone, each in a process of its own, timed by JMH.
@Command(
        name = "kernels",
        description = "Measure each kernel alone with JMH, in a process of its own: matrix products, attention, norms, "
                + "pointwise work, the update, convolutions, cutting of patches. About two minutes.")
final class KernelsVerb implements Callable<Integer> {
    private final Fovea fovea;

    @Mixin
    private BenchOptions options = new BenchOptions();

    @Option(names = "--list", description = "only list the names of the kernels")
    private boolean list;

    KernelsVerb(Fovea fovea) {
        this.fovea = fovea;
    }

    @Override
    public Integer call() throws IOException {
        List<KernelCase> cases = KernelCases.all(KernelCases.providers()).stream()
                .filter(each -> options.wants(each.name()) && (each.quick() || !options.quick))
                .toList();
        if (cases.isEmpty()) {
            throw options.nothing();
        }
        if (list) {
            cases.forEach(each -> fovea.out().println(each.name()));
            return ExitCode.OK.code();
        }
        BenchReport report = new BenchReport(fovea, options, "kernels");
        report.finish(measure(cases), KernelCases.name(RunSpec.Gemm.AUTO));
        return ExitCode.OK.code();
    }

    private List<Measurement> measure(List<KernelCase> cases) {
        try (ProgressLine line = new ProgressLine(fovea.err(), fovea.look(), System::nanoTime, () -> null)) {
            JmhProgress progress = new JmhProgress(line, cases.size());
            Collection<RunResult> results = new Runner(jmh(cases), progress).run();
            if (results.size() != cases.size()) {
                throw new UserError(
                        ExitCode.RUN_FAILED,
                        results.size() + " of " + cases.size() + " kernels could be measured; JMH said:\n"
                                + progress.said());
            }
            Map<String, RunResult> byName = new LinkedHashMap<>();
            results.forEach(result -> byName.put(result.getParams().getParam("kernel"), result));
            List<Measurement> all = new ArrayList<>();
            cases.forEach(each ->
                    all.add(measurement(each, Objects.requireNonNull(byName.get(each.name()), each.name()))));
            return all;
        } catch (RunnerException e) {
            throw new UserError(ExitCode.RUN_FAILED, "JMH could not run: " + e.getMessage(), e);
        }
    }

    private Options jmh(List<KernelCase> cases) {
        System.setProperty("jmh.ignoreLock", "true"); // a lock file of another user must not end the bench
        ChainedOptionsBuilder jmh = new OptionsBuilder()
                .include("\\Q" + KernelBenchmark.class.getName() + ".run\\E")
                .param("kernel", cases.stream().map(KernelCase::name).toArray(String[]::new))
                .param("workers", Integer.toString(options.threads()))
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(false)
                .forks(1)
                .warmupIterations(1)
                .warmupTime(TimeValue.milliseconds(options.quick ? 100 : 300))
                .measurementIterations(options.quick ? 3 : 8)
                .measurementTime(TimeValue.milliseconds(100))
                .jvmArgs(jvmArguments());
        return jmh.build();
    }

    /// The flags of bin/fovea, and whatever else this JVM was given that begins with `-X`. The limit of traps
    /// lets a process that runs one kernel alone become steady within a second: without it, C2 hoists range
    /// checks on a profile that does not hold, and compiles the same method up to a hundred times before it
    /// stops doing so.
    private static String[] jvmArguments() {
        List<String> arguments = new ArrayList<>(List.of(
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:PerMethodTrapLimit=10"));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(each -> each.startsWith("-X"))
                .forEach(arguments::add);
        return arguments.toArray(String[]::new);
    }

    private static Measurement measurement(KernelCase of, RunResult result) {
        Statistics times = result.getPrimaryResult().getStatistics();
        Op op = OneOp.describe(of.op());
        long flops = op.flops();
        return new Measurement(
                of.name(),
                times.getPercentile(50) * 1e-9,
                times.getPercentile(25) * 1e-9,
                times.getPercentile(75) * 1e-9,
                Math.toIntExact(times.getN()),
                flops,
                OpBytes.of(op),
                new LinkedHashMap<>());
    }
}
