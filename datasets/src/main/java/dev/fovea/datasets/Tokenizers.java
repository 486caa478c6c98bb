package dev.fovea.datasets;

import dev.fovea.datasets.text.BpeTokenizer;
import dev.fovea.datasets.text.PretrainedTokenizer;
import dev.fovea.datasets.text.TokenizerFile;
import dev.fovea.datasets.text.WordTokenizer;
import dev.fovea.dsl.spec.DataSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/// Opens and saves tokenizers.
public final class Tokenizers {
    /// The name a tokenizer has in its folder.
    public static final String FILE = "tokenizer.json";

    private Tokenizers() {}

    /// The tokenizer a spec asks for, built from the corpus' own captions or read from its file.
    ///
    /// @param vocab rows of the model's embedding table, which a trained vocabulary fills if the spec names no
    ///     size
    /// @param specFolder what the file is relative to
    /// @param cacheFolder where a native library may be kept
    /// @throws DataException if the file is not the one the spec names, or not a tokenizer
    public static Tokenizer open(DataSpec.Tokenizer spec, Corpus corpus, int vocab, Path specFolder, Path cacheFolder) {
        return switch (spec) {
            case DataSpec.Words _ -> WordTokenizer.of(corpus.captions());
            case DataSpec.Bpe bpe -> BpeTokenizer.train(corpus.captions(), bpe.vocab() == null ? vocab : bpe.vocab());
            case DataSpec.HuggingFace given -> {
                Path file = file(specFolder.resolve(given.file()));
                String digest = digest(file);
                if (!digest.equals(given.sha256())) {
                    throw new DataException("data.tokenizer.sha256: " + file + " has sha256 " + digest
                            + ", but the spec names " + given.sha256());
                }
                yield PretrainedTokenizer.open(file, cacheFolder, given.clean(), given.eos(), given.pad());
            }
        };
    }

    /// The tokenizer in a `tokenizer.json`, as training with its defaults uses it: one that [#save] wrote, or
    /// that of a released model.
    ///
    /// @param fileOrFolder the file, or the folder that holds one
    /// @param cacheFolder where a native library may be kept
    /// @throws DataException if there is no such file or it is not a tokenizer
    public static Tokenizer open(Path fileOrFolder, Path cacheFolder) {
        Path file = file(fileOrFolder);
        TokenizerFile content = TokenizerFile.read(file);
        return content.isWords()
                ? new WordTokenizer(content.words())
                : PretrainedTokenizer.open(file, cacheFolder, DataSpec.Clean.CANONICALIZE, "auto", "auto");
    }

    private static Path file(Path fileOrFolder) {
        Path file = Files.isDirectory(fileOrFolder) ? fileOrFolder.resolve(FILE) : fileOrFolder;
        if (!Files.isRegularFile(file)) {
            throw new DataException(file + ": there is no such tokenizer file");
        }
        return file;
    }

    /// SHA-256 of a file's content as 64 hexadecimal digits.
    ///
    /// @throws DataException if it cannot be read
    public static String digest(Path file) {
        try (InputStream in = Files.newInputStream(file);
                DigestInputStream digest = new DigestInputStream(in, MessageDigest.getInstance("SHA-256"))) {
            digest.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digest.getMessageDigest().digest());
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /// Writes a tokenizer as JSON, whole or not at all; [#open(Path, Path)] reads it back.
    public static void save(Tokenizer tokenizer, Path file) throws IOException {
        byte[] content = switch (tokenizer) {
            case WordTokenizer words -> utf8(JsonMapper.shared().writeValueAsString(new Saved("words", words.words())));
            case BpeTokenizer bpe -> utf8(bpe.toJson());
            case PretrainedTokenizer given -> Files.readAllBytes(given.file());
            default -> throw new IllegalArgumentException("cannot save " + tokenizer.name());
        };
        AtomicFiles.write(file, content);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private record Saved(String type, List<String> words) {}
}
