package dev.fovea.bin;

import dev.fovea.bin.terminal.Quantities;
import dev.fovea.runtime.checkpoint.HuggingFaceFolder;
import dev.fovea.runtime.checkpoint.PretrainedModel;
import dev.fovea.runtime.store.StoredType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `fovea checkpoint export RUN --out DIR`: writes PS3's Hugging Face layout.
@Command(
        name = "export",
        description = "Write weights with their configuration as PS3's reference implementation reads them: "
                + "config.json, preprocessor_config.json, model.safetensors.")
final class CheckpointExportVerb implements Callable<Integer> {
    private final Fovea fovea;

    @Parameters(
            index = "0",
            paramLabel = "RUN|PATH",
            description = "the key of a run, a run folder, a checkpoint in it, or a PS3 folder")
    private Path which = Path.of("");

    @Mixin
    private CheckpointArgument checkpoints = new CheckpointArgument();

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "the folder to make; it must not exist")
    private @Nullable Path out;

    @Option(names = "--dtype", paramLabel = "TYPE", description = "f32, f16 or bf16 (default: f32)")
    private Type type = Type.f32;

    CheckpointExportVerb(Fovea fovea) {
        this.fovea = fovea;
    }

    /// Formats of the weights; spelled as on the command line.
    enum Type {
        /// single precision
        f32(StoredType.F32),
        /// half precision
        f16(StoredType.F16),
        /// the upper half of single precision
        bf16(StoredType.BF16);

        private final StoredType stored;

        Type(StoredType stored) {
            this.stored = stored;
        }
    }

    @Override
    public Integer call() {
        Path folder = fovea.input(out == null ? Path.of("") : out);
        if (Files.exists(folder)) {
            throw new UserError(
                    ExitCode.USAGE, "--out: " + fovea.shown(folder) + " exists already; choose another folder");
        }
        PretrainedModel model = checkpoints.open(fovea, which);
        List<String> notes = HuggingFaceFolder.write(model, folder, type.stored);
        for (String note : fovea.quiet() ? List.<String>of() : notes) {
            fovea.err().println(fovea.errStyle().warning("warning:") + " " + note);
        }
        PretrainedModel written = PretrainedModel.open(folder);
        fovea.out()
                .println(fovea.shown(folder) + "  " + written.files().infos().size() + " tensors, " + type.name() + ", "
                        + Quantities.bytes(written.files().fileBytes()));
        return ExitCode.OK.code();
    }
}
