package dev.fovea.runtime.track;

import dev.fovea.runtime.track.TrackingException.Kind;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.mlflow.tracking.MlflowClient;
import org.mlflow.tracking.MlflowHttpException;
import org.mlflow_project.apachecommons.logging.LogFactory;
import org.mlflow_project.apachecommons.logging.impl.LogFactoryImpl;
import org.mlflow_project.apachecommons.logging.impl.NoOpLog;

/// The fence around one tracking server; used by one thread.
///
/// Requests go through MLflow's Java client, which waits for ever and repeats what failed. So each runs on a
/// thread of
/// its own that is abandoned at the deadline, together with its client. What that client cannot do, or must not
/// repeat,
/// goes by the JDK's: HTTP/1.1 and a Content-Length always, because newer servers read anything else as empty.
final class MlflowServer implements AutoCloseable {
    private final URI address;
    private final Credentials credentials;
    private final Duration deadline;
    private final HttpClient http;
    private @Nullable MlflowClient client;

    /// @param address without user information, see [Credentials#bare]
    MlflowServer(URI address, Credentials credentials, Duration deadline) {
        this.address = address;
        this.credentials = credentials;
        this.deadline = deadline;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(deadline)
                .build();
        // The client's inner HTTP library reports each repeated request on standard error; one warning of ours is
        // enough.
        LogFactory.getFactory().setAttribute(LogFactoryImpl.LOG_PROPERTY, NoOpLog.class.getName());
    }

    URI address() {
        return address;
    }

    /// Asks through MLflow's client.
    ///
    /// @throws TrackingException if there is no useful answer in time
    <T> T ask(String what, Asking<T> asking) {
        MlflowClient asked = client == null ? new MlflowClient(credentials.forClient(address.toString())) : client;
        client = asked;
        return fenced(what, deadline, () -> asking.ask(asked));
    }

    /// A request through MLflow's client.
    @FunctionalInterface
    interface Asking<T> {
        T ask(MlflowClient client) throws Exception;
    }

    /// Posts JSON once: to an endpoint that the client has no method for, and metrics, which the client would send
    /// three
    /// times if a server or a proxy failed after keeping them.
    void post(String endpoint, String json) {
        HttpRequest request = request(address + "/api/2.0/mlflow/" + endpoint, deadline)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build();
        fenced(endpoint, deadline, () -> send(request));
    }

    /// Uploads a file below the artifacts of a run.
    ///
    /// @param artifactUri as the server named it: `mlflow-artifacts:/...`
    /// @param path slash-separated, relative to the run's artifacts
    void upload(String artifactUri, String path, Path file) {
        String root = artifactUri.replaceFirst("^mlflow-artifacts:(//[^/]*)?/*", "");
        String encoded = Arrays.stream((root + "/" + path).split("/", -1))
                .map(part -> URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20"))
                .collect(Collectors.joining("/"));
        Duration longer = deadline.multipliedBy(4);
        fenced("upload of " + path, longer, () -> {
            HttpRequest request = request(address + "/api/2.0/mlflow-artifacts/artifacts/" + encoded, longer)
                    .PUT(HttpRequest.BodyPublishers.ofFile(file))
                    .build();
            return send(request);
        });
    }

    private HttpRequest.Builder request(String uri, Duration timeout) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(uri)).timeout(timeout);
        credentials.header().ifPresent(value -> request.header("Authorization", value));
        return request;
    }

    private String send(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() >= 300) {
            throw new MlflowHttpException(response.statusCode(), "", response.body());
        }
        return response.body();
    }

    private <T> T fenced(String what, Duration limit, Callable<T> call) {
        FutureTask<T> task = new FutureTask<>(call);
        Thread.ofVirtual().name("tracking: " + what).start(task);
        try {
            return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            abandon(task);
            throw problem(Kind.UNREACHABLE, "no answer to " + what + " within " + limit.toMillis() + " ms");
        } catch (InterruptedException e) {
            abandon(task);
            Thread.currentThread().interrupt();
            throw problem(Kind.UNREACHABLE, "stopped while waiting for " + what);
        } catch (ExecutionException e) {
            throw explained(what, e.getCause() == null ? e : e.getCause());
        }
    }

    private void abandon(FutureTask<?> task) {
        task.cancel(true);
        dropClient();
    }

    private TrackingException explained(String what, Throwable cause) {
        if (cause instanceof TrackingException known) {
            return known;
        }
        MlflowHttpException answer = ServerAnswer.in(cause);
        if (answer != null) {
            ServerAnswer said = ServerAnswer.of(answer);
            return problem(said.kind(), what + ": " + said.line(address));
        }
        dropClient();
        return problem(Kind.UNREACHABLE, what + ": " + ServerAnswer.root(cause));
    }

    private TrackingException problem(Kind kind, String message) {
        return new TrackingException(kind, credentials.scrub(address + ": " + message));
    }

    /// The next request begins with a fresh client and fresh connections.
    private void dropClient() {
        MlflowClient old = client;
        client = null;
        if (old != null) {
            // Closing may wait for a lock that a stuck request holds.
            Thread.ofVirtual().start(old::close);
        }
    }

    @Override
    public void close() {
        dropClient();
        http.shutdownNow();
    }
}
