package dev.fovea.bin;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `fovea checkpoint`: the verbs about weights.
@Command(
        name = "checkpoint",
        description = "Look at weights and hand them on: checkpoint show, export, diff.",
        synopsisSubcommandLabel = "VERB")
final class CheckpointVerb implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        throw new ParameterException(
                spec.commandLine(), "checkpoint needs a verb: checkpoint show, checkpoint export or checkpoint diff");
    }
}
