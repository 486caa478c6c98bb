package dev.fovea.runtime.bench;

import dev.fovea.dsl.run.AtomicFiles;
import dev.fovea.dsl.run.StoreException;
import dev.fovea.runtime.store.Environment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Answers of probes in the user's cache folder. Whatever is damaged, foreign or older counts as not there.
final class ProbeCache {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    private final Path folder;

    /// @param cacheFolder the user's; answers are in `machine` below it
    ProbeCache(Path cacheFolder) {
        this.folder = cacheFolder.resolve("machine");
    }

    /// What an answer is of.
    ///
    /// @param what the probe
    /// @param version of the probe
    record Key(String what, int version, String cpu, int threads, String jvm) {
        /// A probe of this machine, in this JVM.
        static Key of(String what, int version, int threads) {
            return new Key(
                    what,
                    version,
                    Environment.cpuModel(),
                    threads,
                    Runtime.version().toString());
        }
    }

    /// The file of an answer; one a probe, number of threads and rest of the key.
    Path file(Key key) {
        String rest = Integer.toHexString((key.version() + "|" + key.cpu() + "|" + key.jvm()).hashCode());
        return folder.resolve(key.what() + "-" + key.threads() + "-" + rest + ".json");
    }

    /// The kept answer, if it is there and whole.
    <T> Optional<T> read(Key key, Class<T> type) {
        try {
            JsonNode all = JSON.readTree(Files.readString(file(key), StandardCharsets.UTF_8));
            JsonNode same = all.path("key");
            return same.equals(JSON.valueToTree(key))
                    ? Optional.of(JSON.treeToValue(all.path("answer"), type))
                    : Optional.empty();
        } catch (IOException | JacksonException _) {
            return Optional.empty();
        }
    }

    /// Keeps an answer.
    ///
    /// @throws StoreException if the folder cannot be written
    void write(Key key, Object answer) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw StoreException.of("create", folder, e);
        }
        var all = JSON.createObjectNode();
        all.set("key", JSON.valueToTree(key));
        all.set("answer", JSON.valueToTree(answer));
        AtomicFiles.write(file(key), all.toPrettyString() + "\n");
    }
}
