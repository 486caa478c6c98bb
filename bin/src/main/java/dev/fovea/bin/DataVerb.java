package dev.fovea.bin;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `fovea data`: the verbs about data.
@Command(name = "data", description = "Work with the data of a spec: data export.", synopsisSubcommandLabel = "VERB")
final class DataVerb implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "data needs a verb: data export");
    }
}
