package dev.fovea.bin;

import dev.fovea.datasets.DataException;
import dev.fovea.datasets.Picture;
import dev.fovea.datasets.Tokenizer;
import dev.fovea.datasets.Tokenizers;
import dev.fovea.datasets.images.ImageCodec;
import dev.fovea.datasets.images.Normalized;
import dev.fovea.datasets.images.Orientation;
import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.runtime.checkpoint.ModelConfig;
import dev.fovea.runtime.checkpoint.Preprocessing;
import dev.fovea.runtime.checkpoint.PretrainedModel;
import dev.fovea.runtime.encode.CheckpointWeights;
import dev.fovea.runtime.encode.Encoder;
import dev.fovea.runtime.encode.EncoderSetup;
import dev.fovea.runtime.encode.Encoding;
import dev.fovea.runtime.encode.FeatureFile;
import dev.fovea.runtime.encode.TextEncoder;
import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.select.LookRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Picture files to encodings: decodes, turns upright, fits to the model, encodes. One encoder is kept for
/// pictures of the same size.
final class PictureEncoder implements AutoCloseable {
    private final Fovea fovea;
    private final PretrainedModel checkpoint;
    private final ModelConfig config;
    private final ModelSpec model;
    private final EncodeOptions options;
    private final Backend backend;
    private final Store store;
    private final CheckpointWeights weights;
    private final double @Nullable [] prompt;
    private @Nullable Encoder encoder;
    private int height;
    private int width;

    /// @throws UserError if the checkpoint does not say what it is, or a prompt cannot be read
    PictureEncoder(Fovea fovea, PretrainedModel checkpoint, EncodeOptions options, Backend backend) {
        this.fovea = fovea;
        this.checkpoint = checkpoint;
        this.config = checkpoint
                .config()
                .orElseThrow(() -> new UserError(
                        ExitCode.USAGE,
                        fovea.shown(checkpoint.path()) + ": "
                                + checkpoint.layout().label()
                                + " without a configuration; encoding needs a PS3 folder with config.json, or a run"));
        this.options = options;
        this.model = options.applied(config.model());
        this.backend = backend;
        this.weights = new CheckpointWeights(checkpoint, config);
        this.prompt = options.prompt == null ? null : prompt(options.prompt);
        this.store = backend.store();
    }

    private double[] prompt(String text) {
        if (config.text() == null) {
            throw new UserError(
                    ExitCode.USAGE, fovea.shown(checkpoint.path()) + " has no text tower, which --prompt needs");
        }
        Tokenizer tokenizer = tokenizer();
        if (tokenizer.size() > model.text().vocab()) {
            throw new UserError(
                    ExitCode.USAGE,
                    "the tokenizer has " + tokenizer.size() + " tokens, the model's table "
                            + model.text().vocab());
        }
        try (TextEncoder tower = new TextEncoder(model, backend, weights)) {
            return tower.encode(tokenizer.encode(text, model.text().context())).prompt();
        }
    }

    private Tokenizer tokenizer() {
        Path beside = checkpoint.path().resolve(Tokenizers.FILE);
        Path file = options.tokenizer != null
                ? fovea.input(options.tokenizer)
                : checkpoint.tokenizer().orElse(beside);
        if (!Files.exists(file)) {
            throw new UserError(
                    ExitCode.USAGE,
                    "--prompt needs the model's tokenizer, and there is no " + fovea.shown(file)
                            + (options.tokenizer == null
                                    ? "; give --tokenizer with the tokenizer.json of the model's text tower"
                                    : ""));
        }
        try {
            return Tokenizers.open(file, Caches.folder(fovea.environment()));
        } catch (DataException e) {
            throw new UserError(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
        }
    }

    /// @param progress told before each round
    /// @throws IOException if the file cannot be decoded
    EncodedPicture encode(Path image, LookRequest request, Encoder.Progress progress) throws IOException {
        long start = System.nanoTime();
        byte[] file = Files.readAllBytes(fovea.input(image));
        Picture picture = Orientation.of(file).upright(ImageCodec.decode(file));
        Encoder fitting = fit(picture);
        Preprocessing p = config.preprocessing();
        float[] pixels = new Normalized(width, height, p.mean(), p.std()).planes(picture);
        Encoding encoding = fitting.encode(new Encoder.Picture(pixels, prompt, null), request, progress);
        double seconds = (System.nanoTime() - start) * 1e-9;
        String caption = options.prompt == null ? "" : options.prompt;
        return new EncodedPicture(image, picture, height, width, caption, prompt != null, encoding, seconds, null);
    }

    /// The encoder for a picture's size.
    private Encoder fit(Picture picture) {
        int size = config.preprocessing().size();
        double longer = Math.max(picture.width(), picture.height());
        boolean keep = options.aspect == EncodeOptions.Aspect.keep;
        int h = keep ? (int) Math.max(1, Math.round(size * picture.height() / longer)) : size;
        int w = keep ? (int) Math.max(1, Math.round(size * picture.width() / longer)) : size;
        if (encoder != null && h == height && w == width) {
            return encoder;
        }
        if (encoder != null) {
            encoder.close();
        }
        ModelSpec.Strategy strategy = prompt == null ? ModelSpec.Strategy.BOTTOM_UP : ModelSpec.Strategy.TOP_DOWN;
        EncoderSetup setup = new EncoderSetup(model, h, w, strategy, prompt != null, false, options.layers, 0);
        Encoder made = new Encoder(setup, backend, store, weights);
        encoder = made;
        height = h;
        width = w;
        return made;
    }

    /// The model as encoded with.
    ModelSpec model() {
        return model;
    }

    /// One line on the backend.
    String device() {
        return backend.describe();
    }

    /// Shape of the features.
    FeatureFile.Form form() {
        return new FeatureFile.Form(
                model.ps3().scales(),
                model.vision().depth() - options.layers,
                options.layers,
                model.vision().width());
    }

    /// What the features are of, for the file's metadata.
    Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("fovea.checkpoint", fovea.shown(checkpoint.path()));
        facts.put("fovea.scales", model.ps3().scales().toString());
        facts.put("fovea.patch", Integer.toString(model.vision().patch()));
        facts.put("fovea.width", Integer.toString(model.vision().width()));
        facts.put("fovea.aspect", options.aspect.name());
        facts.put("fovea.features", "output of each kept block before the final LayerNorm, (tokens, width)");
        if (options.prompt != null) {
            facts.put("fovea.prompt", options.prompt);
        }
        return facts;
    }

    @Override
    public void close() {
        if (encoder != null) {
            encoder.close();
        }
        store.close();
    }
}
