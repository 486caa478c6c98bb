package dev.fovea.datasets.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.fovea.datasets.DataException;
import dev.fovea.datasets.Tokenizer;
import dev.fovea.dsl.spec.DataSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;

/// A tokenizer from a `tokenizer.json`, run by Hugging Face's own library. The text is cleaned, split, cut so that
/// the end token still fits, ended and padded, as the reference does for SigLIP and SigLIP 2. The file's own rules
/// for beginning, end, truncation and padding are not used: Gemma's would add a beginning that SigLIP 2 never saw.
///
/// The native part is unpacked into the cache folder when the first one is opened. It is freed with the process.
public final class PretrainedTokenizer implements Tokenizer {
    private final Path file;
    private final HuggingFaceTokenizer library;
    private final DataSpec.Clean clean;
    private final int size;
    private final int end;
    private final int pad;

    private PretrainedTokenizer(
            Path file, HuggingFaceTokenizer library, DataSpec.Clean clean, int size, int end, int pad) {
        this.file = file;
        this.library = library;
        this.clean = clean;
        this.size = size;
        this.end = end;
        this.pad = pad;
    }

    /// Opens a file.
    ///
    /// @param cacheFolder where the native library is kept
    /// @param eos the token that ends a text, or `auto`: `</s>`, else `<eos>`
    /// @param pad the token behind it, or `auto`: the end token again for `</s>` (SigLIP), else `<pad>` (SigLIP 2)
    /// @throws DataException if the file is not a tokenizer, lacks these tokens, or the library does not run here
    public static PretrainedTokenizer open(Path file, Path cacheFolder, DataSpec.Clean clean, String eos, String pad) {
        TokenizerFile content = TokenizerFile.read(file);
        String endName = eos.equals("auto") ? content.id("</s>").isPresent() ? "</s>" : "<eos>" : eos;
        int end = required(content.id(endName), file, "eos", endName);
        String padName = pad.equals("auto") ? endName.equals("</s>") ? endName : "<pad>" : pad;
        int filler = required(content.id(padName), file, "pad", padName);
        return new PretrainedTokenizer(file, library(file, cacheFolder), clean, content.size(), end, filler);
    }

    private static int required(OptionalInt id, Path file, String key, String name) {
        return id.orElseThrow(() -> new DataException(file + ": has no token \"" + name + "\" for data.tokenizer." + key
                + "; name one that it has, such as <eos>"));
    }

    private static HuggingFaceTokenizer library(Path file, Path cacheFolder) {
        setUnlessGiven("ENGINE_CACHE_DIR", cacheFolder.toString());
        setUnlessGiven("RUST_FLAVOR", "cpu");
        setUnlessGiven("OPT_OUT_TRACKING", "true");
        setUnlessGiven("ai.djl.offline", "true");
        try {
            return HuggingFaceTokenizer.builder()
                    .optTokenizerPath(file)
                    .optAddSpecialTokens(false)
                    .optTruncation(false)
                    .optPadding(false)
                    .build();
        } catch (IOException | RuntimeException e) {
            throw new DataException(file + ": the tokenizer library cannot use it: " + e.getMessage(), e);
        } catch (LinkageError e) {
            throw new DataException(
                    "data.tokenizer: the tokenizer library does not run here: " + e.getMessage()
                            + "; it has builds for Linux on x86-64 and arm64, macOS on arm64, and Windows",
                    e);
        }
    }

    private static void setUnlessGiven(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /// The file it was read from.
    public Path file() {
        return file;
    }

    /// Id of the token that ends every text.
    public int end() {
        return end;
    }

    /// Id of the token that fills the rest.
    public int pad() {
        return pad;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public int[] encode(String text, int context) {
        String cleaned = Canonical.clean(clean, text);
        long[] found = cleaned.isEmpty() ? new long[0] : library.encode(cleaned).getIds();
        int kept = Math.min(found.length, context - 1);
        int[] tokens = new int[context];
        for (int i = 0; i < kept; i++) {
            tokens[i] = (int) found[i];
        }
        Arrays.fill(tokens, kept, context, pad);
        tokens[kept] = end;
        return tokens;
    }

    @Override
    public String name() {
        return "huggingface-" + size;
    }
}
