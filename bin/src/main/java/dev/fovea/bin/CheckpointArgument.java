package dev.fovea.bin;

import dev.fovea.dsl.run.RunFolder;
import dev.fovea.runtime.checkpoint.PretrainedModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/// How verbs about weights find them: a path, or the key of a run.
final class CheckpointArgument {
    @Option(names = "--runs", paramLabel = "DIR", description = "folder of the runs (default: runs)")
    private Path runs = Path.of("runs");

    /// Opens a checkpoint.
    ///
    /// @throws UserError if there is neither such a path nor such a run
    /// @throws dev.fovea.dsl.run.StoreException if it is damaged or nothing of the kind
    PretrainedModel open(Fovea fovea, Path which) {
        Path path = fovea.input(which);
        if (Files.exists(path)) {
            return PretrainedModel.open(path);
        }
        Optional<RunFolder> run = RunFolder.find(fovea.input(runs), which.toString());
        return PretrainedModel.open(run.orElseThrow(() -> new UserError(
                        ExitCode.USAGE,
                        "no such file or folder: " + which + ", and no run in " + fovea.shown(fovea.input(runs))
                                + " has a key that begins so"))
                .path());
    }
}
