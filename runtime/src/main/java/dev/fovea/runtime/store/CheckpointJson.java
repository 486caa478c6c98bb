package dev.fovea.runtime.store;

import dev.fovea.dsl.run.StoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `state.json` of a checkpoint: its state, the digests of its tensor files, and a digest of itself.
final class CheckpointJson {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String FORMAT = "fovea-checkpoint-1";

    private CheckpointJson() {}

    /// @param digests SHA-256 in hex, by file name
    static byte[] write(TrainingState state, SequencedMap<String, String> digests) {
        ObjectNode root = JSON.createObjectNode();
        root.put("format", FORMAT)
                .put("step", state.step())
                .put("key", state.key())
                .put("random", state.randomScheme());
        ObjectNode position = root.putObject("position");
        state.position().forEach(position::put);
        ObjectNode files = root.putObject("sha256");
        digests.forEach(files::put);
        root.put("digest", Digests.sha256(root.toString().getBytes(StandardCharsets.UTF_8)));
        return (JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /// Reads the state and checks it and both tensor files against their digests.
    ///
    /// @throws StoreException if anything is missing or damaged; the message names the file
    static TrainingState readVerified(Path folder) {
        Path file = folder.resolve(Checkpoint.STATE);
        ObjectNode root = tree(file);
        String digest = root.path("digest").asString("");
        root.remove("digest");
        if (!digest.equals(Digests.sha256(root.toString().getBytes(StandardCharsets.UTF_8)))) {
            throw new StoreException(file + ": damaged: its digest does not match");
        }
        if (!FORMAT.equals(root.path("format").asString(""))) {
            throw new StoreException(file + ": format '" + root.path("format").asString("") + "' is not " + FORMAT
                    + "; it was written by another version");
        }
        verify(folder.resolve(Checkpoint.MODEL), root);
        verify(folder.resolve(Checkpoint.OPTIMIZER), root);
        SequencedMap<String, Long> position = new LinkedHashMap<>();
        root.path("position").forEachEntry((name, value) -> position.put(name, value.asLong()));
        return new TrainingState(
                root.path("step").asLong(),
                root.path("key").asString(),
                root.path("random").asString(),
                position);
    }

    private static ObjectNode tree(Path file) {
        try {
            JsonNode root = JSON.readTree(Files.readAllBytes(file));
            if (root instanceof ObjectNode object) {
                return object;
            }
            throw new StoreException(file + ": damaged: not a JSON object");
        } catch (IOException failure) {
            throw StoreException.of("read", file, failure);
        } catch (JacksonException problem) {
            throw new StoreException(file + ": damaged: not valid JSON", problem);
        }
    }

    private static void verify(Path file, JsonNode root) {
        String expected =
                root.path("sha256").path(String.valueOf(file.getFileName())).asString("");
        if (!Digests.sha256(file).equals(expected)) {
            throw new StoreException(file + ": damaged: its digest does not match");
        }
    }
}
