package dev.fovea.bin;

import dev.fovea.bin.terminal.Quantities;
import dev.fovea.bin.terminal.TextTable;
import dev.fovea.runtime.checkpoint.Comparison;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `fovea checkpoint diff A B`: what two checkpoints have in common.
@Command(
        name = "diff",
        description = "Compare two checkpoints parameter by parameter, whatever their layouts, "
                + "those that differ most at the bottom.")
final class CheckpointDiffVerb implements Callable<Integer> {
    private final Fovea fovea;

    @Parameters(index = "0", paramLabel = "A", description = "a file, a folder, or the key of a run")
    private Path first = Path.of("");

    @Parameters(index = "1", paramLabel = "B", description = "the other")
    private Path second = Path.of("");

    @Mixin
    private CheckpointArgument checkpoints = new CheckpointArgument();

    @Option(names = "--exit-code", description = "end with 5 if they differ")
    private boolean exitCode;

    @Option(names = "--json", description = "print the comparison as JSON")
    private boolean json;

    CheckpointDiffVerb(Fovea fovea) {
        this.fovea = fovea;
    }

    @Override
    public Integer call() {
        Comparison found = Comparison.of(checkpoints.open(fovea, first), checkpoints.open(fovea, second));
        if (json) {
            fovea.out().println(Json.text(found));
        } else {
            print(found);
        }
        return (exitCode && !found.same() ? ExitCode.DIFFERS : ExitCode.OK).code();
    }

    private void print(Comparison found) {
        list("only in " + first, found.onlyFirst());
        list("only in " + second, found.onlySecond());
        list("of another shape", found.reshaped());
        List<Comparison.Tensor> differing = found.tensors().stream()
                .filter(tensor -> tensor.differing() > 0)
                .sorted(Comparator.comparingDouble(Comparison.Tensor::largest))
                .toList();
        if (!differing.isEmpty()) {
            TextTable table = new TextTable("parameter", "elements", "differing", "largest difference");
            differing.forEach(tensor -> table.add(
                    tensor.name(),
                    "" + tensor.elements(),
                    "" + tensor.differing(),
                    Quantities.number(tensor.largest())));
            fovea.out().print(table.text(fovea.outStyle()));
        }
        fovea.out()
                .println(
                        found.same()
                                ? "the same: " + found.tensors().size() + " parameters"
                                : differing.size() + " of " + found.tensors().size() + " common parameters differ");
    }

    private void list(String what, List<String> names) {
        names.forEach(name -> fovea.out().println(what + ": " + name));
    }
}
