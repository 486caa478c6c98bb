package dev.fovea.bin.doctor;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;

/// Whether the tracking server answers, if one is configured.
public final class TrackingCheck {
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private TrackingCheck() {}

    /// Asks the server of `MLFLOW_TRACKING_URI` for its health. A server that is away never stops a run.
    ///
    /// @param environment variables of the process
    public static Check check(Map<String, String> environment) {
        String text = environment.getOrDefault("MLFLOW_TRACKING_URI", "").strip();
        if (text.isEmpty()) {
            return Check.good("mlflow", "MLFLOW_TRACKING_URI is not set: runs are tracked in a folder mlruns/");
        }
        if (!text.startsWith("http://") && !text.startsWith("https://")) {
            return Check.good("mlflow", "a folder: " + text);
        }
        try {
            return ask(URI.create(text));
        } catch (IllegalArgumentException _) {
            return Check.bad(
                    "mlflow", "MLFLOW_TRACKING_URI is no address", "set it to something like http://host:5000");
        }
    }

    private static Check ask(URI server) {
        String shown = withoutSecrets(server);
        String path = server.getRawPath() == null ? "" : server.getRawPath().replaceAll("/+$", "");
        HttpRequest request = HttpRequest.newBuilder(server.resolve(path + "/health"))
                .timeout(PATIENCE)
                .build();
        try (HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(PATIENCE)
                .build()) {
            HttpResponse<Void> response = client.send(request, BodyHandlers.discarding());
            return switch (response.statusCode()) {
                case 200 -> Check.good("mlflow", shown + " answers");
                case 401, 403 ->
                    Check.note(
                            "mlflow",
                            shown + " refuses: " + response.statusCode(),
                            "set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD");
                default ->
                    Check.note(
                            "mlflow",
                            shown + " says " + response.statusCode() + " to /health",
                            "is it an MLflow server?");
            };
        } catch (IOException e) {
            return Check.note(
                    "mlflow",
                    shown + " does not answer (" + e.getClass().getSimpleName() + ")",
                    "runs go on without it; later: fovea sync");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Check.note("mlflow", "asking was interrupted", "");
        }
    }

    private static String withoutSecrets(URI server) {
        String port = server.getPort() < 0 ? "" : ":" + server.getPort();
        return server.getScheme() + "://" + server.getHost() + port
                + (server.getRawPath() == null ? "" : server.getRawPath());
    }
}
