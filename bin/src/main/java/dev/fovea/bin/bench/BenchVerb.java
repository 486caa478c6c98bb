package dev.fovea.bin.bench;

import dev.fovea.bin.Fovea;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `fovea bench`: the verbs that measure.
@Command(
        name = "bench",
        description = "Measure this program on this machine: bench kernels, step, encode, data.",
        synopsisSubcommandLabel = "VERB")
public final class BenchVerb implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    private BenchVerb() {}

    /// The verb with all that it can measure.
    public static CommandLine commandLine(Fovea fovea) {
        return new CommandLine(new BenchVerb())
                .addSubcommand(new KernelsVerb(fovea))
                .addSubcommand(new StepVerb(fovea))
                .addSubcommand(new EncodeBenchVerb(fovea))
                .addSubcommand(new DataBenchVerb(fovea));
    }

    @Override
    public Integer call() {
        throw new ParameterException(
                spec.commandLine(), "bench needs a verb: bench kernels, bench step, bench encode or bench data");
    }
}
