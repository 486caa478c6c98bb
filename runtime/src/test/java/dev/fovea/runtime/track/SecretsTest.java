package dev.fovea.runtime.track;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.runtime.track.MlflowDouble.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Credentials reach the server and nothing else.
class SecretsTest {
    private static final String PASSWORD = "s3cr3t/geheim";
    private static final String BASIC =
            Base64.getEncoder().encodeToString(("alice:" + PASSWORD).getBytes(StandardCharsets.UTF_8));

    private final Path workspace;
    private final TrackedRun run;
    private final MlflowDouble server = new MlflowDouble();

    SecretsTest(@TempDir Path workspace) {
        this.workspace = workspace;
        this.run = new TrackedRun(workspace);
        run.start(1);
        run.scalars(1, "loss", 1);
    }

    @AfterEach
    void close() {
        run.close();
        server.close();
    }

    private void trackAndCheck(String uri, String header, List<String> secrets) throws IOException {
        for (Fault fault : List.of(Fault.UNAUTHORIZED, Fault.DROP, Fault.NONE)) {
            server.faults = request -> fault;
            try (Tracking tracking = run.open(uri)) {
                assertThat(tracking.flush(TrackedRun.LONG)).isEqualTo(fault == Fault.NONE);
                assertThat(tracking.place()).isEqualTo(server.uri());
            }
        }
        assertThat(server.requests).isNotEmpty().allSatisfy(r -> {
            assertThat(r.header("Authorization")).isEqualTo(header);
            assertThat(r.path() + r.body()).doesNotContain(secrets);
        });
        assertThat(server.store.artifacts).isNotEmpty();
        assertThat(String.join("\n", run.warnings)).contains("HTTP 401").doesNotContain(secrets);
        try (Stream<Path> files = Files.walk(workspace)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).doesNotContain(secrets);
            }
        }
    }

    @Test
    void userAndPasswordOfTheEnvironment() throws IOException {
        run.environment = Map.of("MLFLOW_TRACKING_USERNAME", "alice", "MLFLOW_TRACKING_PASSWORD", PASSWORD);
        trackAndCheck(server.uri(), "Basic " + BASIC, List.of(PASSWORD, BASIC));
    }

    @Test
    void tokenOfTheEnvironment() throws IOException {
        run.environment = Map.of("MLFLOW_TRACKING_TOKEN", "tok-12345");
        trackAndCheck(server.uri(), "Bearer tok-12345", List.of("tok-12345"));
    }

    @Test
    void userAndPasswordInTheAddressOfTheEnvironment() throws IOException {
        String uri = server.uri().replace("://", "://alice:s3cr3t%2Fgeheim@");
        run.environment = Map.of("MLFLOW_TRACKING_URI", uri);
        trackAndCheck("", "Basic " + BASIC, List.of(PASSWORD, BASIC, "s3cr3t%2Fgeheim", "s3cr3t"));
    }
}
