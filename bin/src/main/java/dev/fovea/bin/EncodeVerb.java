package dev.fovea.bin;

import dev.fovea.bin.terminal.ProgressLine;
import dev.fovea.runtime.checkpoint.PretrainedModel;
import dev.fovea.runtime.encode.FeatureFile;
import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.select.LookRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `fovea encode IMAGE...`: features of pictures, and maps of where the model looked.
@Command(
        name = "encode",
        description = "Encode pictures with a checkpoint: a low-resolution pass, the choice of patches, and rounds of "
                + "high-resolution encoding. A prompt makes the choice top-down, otherwise it is bottom-up.")
final class EncodeVerb implements Callable<Integer> {
    private final Fovea fovea;

    @Parameters(paramLabel = "IMAGE", arity = "1..*", description = "JPEG, PNG, WebP, BMP or TIFF files")
    private List<Path> images = new ArrayList<>();

    @Mixin
    private CheckpointArgument checkpoints = new CheckpointArgument();

    @Mixin
    private EncodeOptions options = new EncodeOptions();

    @Option(names = "--checkpoint", required = true, paramLabel = "PATH|RUN", description = "a PS3 folder, or a run")
    private Path checkpoint = Path.of("");

    @Option(names = "--out", paramLabel = "FILE", description = "write the features of every token, as Arrow")
    private @Nullable Path out;

    @Option(names = "--maps", paramLabel = "DIR", description = "write scores and chosen patches over each picture")
    private @Nullable Path maps;

    @Option(names = "--json", description = "print what was encoded as JSON")
    private boolean json;

    EncodeVerb(Fovea fovea) {
        this.fovea = fovea;
    }

    @Override
    public Integer call() {
        requireImages();
        LookRequest request = options.request();
        PretrainedModel model = checkpoints.open(fovea, checkpoint);
        List<EncodedPicture> done = new ArrayList<>();
        List<String> failed = new ArrayList<>();
        try (Backend backend = options.backend();
                ProgressLine line = new ProgressLine(fovea.err(), fovea.look(), System::nanoTime, () -> null);
                PictureEncoder encoder = new PictureEncoder(fovea, model, options, backend)) {
            FeatureFile.Source all = sink -> {
                for (Path image : images) {
                    line.progress("pictures", done.size() + failed.size(), images.size());
                    encode(image, encoder, request, line, done, failed, sink);
                }
            };
            if (out == null) {
                all.each(_ -> {});
            } else {
                Path file = fovea.resolve(out).toAbsolutePath();
                if (file.getParent() != null) {
                    Files.createDirectories(file.getParent());
                }
                FeatureFile.write(file, encoder.form(), encoder.facts(), all);
            }
            EncodeReport report = new EncodeReport(fovea, encoder, done, failed);
            report.print(json, out, maps);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return (failed.isEmpty() ? ExitCode.OK : ExitCode.RUN_FAILED).code();
    }

    /// All missing files at once, before anything is loaded.
    private void requireImages() {
        List<Path> missing = images.stream()
                .filter(i -> !Files.isRegularFile(fovea.input(i)))
                .toList();
        if (!missing.isEmpty()) {
            throw new UserError(
                    ExitCode.USAGE,
                    missing.stream()
                            .map(i -> i + ": no such picture")
                            .reduce((a, b) -> a + "\n" + b)
                            .orElse(""));
        }
    }

    private void encode(
            Path image,
            PictureEncoder encoder,
            LookRequest request,
            ProgressLine line,
            List<EncodedPicture> done,
            List<String> failed,
            FeatureFile.Sink sink)
            throws IOException {
        EncodedPicture picture;
        try {
            picture = encoder.encode(image, request, (round, rounds) -> {
                if (rounds > 1) {
                    line.progress("rounds", round, rounds);
                }
            });
        } catch (IOException e) {
            failed.add(image + ": " + e.getMessage());
            return;
        }
        sink.accept(new FeatureFile.Named(image.toString(), picture.encoding()));
        Path map = maps == null ? null : SelectionMapFile.write(fovea.resolve(maps), picture, done);
        done.add(picture.withMap(map).slim());
    }
}
