package dev.fovea.runtime.track;

import dev.fovea.dsl.run.AtomicFiles;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// The `meta.yaml` files of MLflow's file store. Texts are written as JSON strings, which YAML reads as they are.
final class MlrunsMeta {
    static final int RUNNING = 1;
    static final int FINISHED = 3;
    static final int FAILED = 4;
    static final int KILLED = 5;

    private MlrunsMeta() {}

    /// Id of the experiment of this name, made if it is not there. Two processes that make it at once make the same
    /// one:
    /// the id is a digest of the name.
    static String experiment(Path root, String name, long timeMillis) throws IOException {
        Optional<String> found = find(root, name);
        if (found.isPresent()) {
            return found.get();
        }
        String digest = MetricNames.sha256(name.getBytes(StandardCharsets.UTF_8));
        // Ids of MLflow's own file store have 18 digits, the first not zero.
        BigInteger range = BigInteger.TEN.pow(17).multiply(BigInteger.valueOf(9));
        String id = new BigInteger(digest, 16)
                .mod(range)
                .add(BigInteger.TEN.pow(17))
                .toString();
        Path folder = root.resolve(id);
        Files.createDirectories(folder);
        AtomicFiles.write(folder.resolve("meta.yaml"), """
                artifact_location: %s
                creation_time: %d
                experiment_id: '%s'
                last_update_time: %d
                lifecycle_stage: active
                name: %s
                """.formatted(
                quoted(folder.toUri().toString().replaceFirst("/+$", "")), timeMillis, id, timeMillis, quoted(name)));
        return id;
    }

    private static Optional<String> find(Path root, String name) throws IOException {
        if (!Files.isDirectory(root)) {
            return Optional.empty();
        }
        List<Path> metas;
        try (Stream<Path> folders = Files.list(root)) {
            metas = folders.map(f -> f.resolve("meta.yaml"))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        }
        for (Path meta : metas) {
            try {
                JsonNode tree = new YAMLMapper().readTree(Files.readString(meta));
                if (tree.path("name").asString("").equals(name)
                        && !tree.path("lifecycle_stage").asString("").equals("deleted")) {
                    return Optional.of(root.relativize(meta).getName(0).toString());
                }
            } catch (JacksonException notOurs) {
                // A damaged experiment of somebody else is not this run's business.
            }
        }
        return Optional.empty();
    }

    /// @param endTime milliseconds, or 0 while the run goes on
    static String run(
            String experimentId,
            String runId,
            String name,
            String user,
            Path artifacts,
            long startTime,
            int status,
            long endTime) {
        return """
                artifact_uri: %s
                end_time: %s
                entry_point_name: ''
                experiment_id: '%s'
                lifecycle_stage: active
                run_id: %s
                run_name: %s
                run_uuid: %s
                source_name: ''
                source_type: 4
                source_version: ''
                start_time: %d
                status: %d
                tags: []
                user_id: %s
                """.formatted(
                        quoted(artifacts.toUri().toString().replaceFirst("/+$", "")),
                        endTime == 0 ? "null" : Long.toString(endTime),
                        experimentId,
                        quoted(runId),
                        quoted(name),
                        quoted(runId),
                        startTime,
                        status,
                        quoted(user));
    }

    private static String quoted(String text) {
        return JsonMapper.shared().writeValueAsString(text);
    }
}
