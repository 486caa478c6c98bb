package dev.fovea.bin;

import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.dsl.spec.RunSpec;
import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.select.LookRequest;
import dev.fovea.runtime.train.Backends;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What `fovea encode` may be told about looking.
final class EncodeOptions {
    @Option(names = "--prompt", paramLabel = "TEXT", description = "what to look for; selection is then top-down")
    @Nullable
    String prompt;

    @Option(
            names = "--look-close",
            paramLabel = "N|all",
            description = "rounds of high-resolution encoding, 0 for none (default: 1)")
    private @Nullable String lookClose;

    @Option(names = "--tokens", paramLabel = "N", description = "instead: so many high-resolution tokens at most")
    private @Nullable Integer tokens;

    @Option(names = "--layers", paramLabel = "N", description = "keep the outputs of the last N blocks (default: 1)")
    int layers = 1;

    @Option(names = "--first-scales", paramLabel = "N", description = "patches of the first N high scales only")
    @Nullable
    Integer firstScales;

    @Option(names = "--smooth", paramLabel = "HOW", description = "smooth the scores: none, area or gaussian")
    @Nullable
    Smoothing smooth;

    @Option(
            names = "--aspect",
            paramLabel = "HOW",
            description = "squash pictures to a square as in training, or keep their aspect ratio (default: squash)")
    Aspect aspect = Aspect.squash;

    @Option(names = "--tokenizer", paramLabel = "FILE", description = "tokenizer.json, if the checkpoint has none")
    @Nullable
    Path tokenizer;

    @Option(names = "--backend", paramLabel = "NAME", description = "auto, cpu, reference or tornado (default: auto)")
    private Computing backend = Computing.auto;

    @Option(names = "--threads", paramLabel = "N", description = "worker threads (default: all cores)")
    private @Nullable Integer threads;

    /// How pictures are made to fit.
    enum Aspect {
        /// a square of the largest scale
        squash,
        /// the longer side is the largest scale
        keep
    }

    /// How scores are smoothed.
    enum Smoothing {
        /// not at all
        none,
        /// over a 6x6 grid
        area,
        /// by a blur
        gaussian
    }

    /// What computes.
    enum Computing {
        /// the best there is
        auto,
        /// float32 on all cores
        cpu,
        /// double, one thread
        reference,
        /// the accelerator
        tornado
    }

    /// How closely to look.
    ///
    /// @throws UserError if the options contradict one another or make no sense
    LookRequest request() {
        if (lookClose != null && tokens != null) {
            throw new UserError(ExitCode.USAGE, "--look-close and --tokens: give one of the two");
        }
        try {
            return tokens != null
                    ? new LookRequest.Tokens(tokens)
                    : LookRequest.looks(lookClose == null ? "1" : lookClose);
        } catch (IllegalArgumentException e) {
            throw new UserError(ExitCode.USAGE, (tokens != null ? "--tokens: " : "--look-close: ") + e.getMessage(), e);
        }
    }

    /// The model with what the options change.
    ///
    /// @throws UserError if the model cannot be changed so
    ModelSpec applied(ModelSpec model) {
        ModelSpec.Select select = model.ps3().select();
        if (smooth != null) {
            ModelSpec.Smooth wanted = ModelSpec.Smooth.valueOf(smooth.name().toUpperCase(Locale.ROOT));
            select = select.withScores(wanted, select.scoreMaps());
        }
        if (firstScales != null) {
            int high = model.ps3().scales().size() - 1;
            if (firstScales < 1 || firstScales > high) {
                throw new UserError(
                        ExitCode.USAGE,
                        "--first-scales " + firstScales + ": the model has " + high + " high scales, "
                                + model.ps3().scales().subList(1, high + 1));
            }
            select = select.withFirstScales(firstScales == high ? 0 : firstScales);
        }
        if (layers < 1 || layers > model.vision().depth()) {
            throw new UserError(
                    ExitCode.USAGE,
                    "--layers " + layers + ": the model has " + model.vision().depth() + " blocks");
        }
        return model.with(select);
    }

    /// Opens the backend.
    ///
    /// @throws dev.fovea.runtime.train.RunException if it is not available
    Backend backend() {
        return Backends.open(RunSpec.Backend.valueOf(backend.name().toUpperCase(Locale.ROOT)), Threads.of(threads));
    }
}
