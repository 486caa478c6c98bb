package dev.fovea.runtime.track;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A tracking server in this process, stricter than the real ones: what they silently lose or truncate is a
/// violation
/// here, and like their file store it keeps a repeated metric twice. It can fail in the ways that servers and
/// networks
/// fail in.
final class MlflowDouble implements AutoCloseable {
    /// What happens to a request.
    enum Fault {
        NONE,
        /// no answer, the work not done
        HANG,
        /// connection closed, the work not done
        DROP,
        /// connection closed after the work is done
        DO_AND_DROP,
        /// HTTP 500, the work not done
        ERROR,
        /// HTTP 500 after the work is done
        DO_AND_ERROR,
        /// HTTP 403 as newer servers answer a host name that they were not told
        FORBIDDEN_HOST,
        /// HTTP 401 that repeats the request's credentials
        UNAUTHORIZED,
        /// HTTP 200 and an empty object, the work not done
        EMPTY
    }

    /// One request as it came.
    record Request(String method, String path, Map<String, List<String>> headers, String body) {
        String header(String name) {
            return String.join(", ", headers.getOrDefault(name, List.of()));
        }
    }

    final MlflowStore store = new MlflowStore();
    final List<Request> requests = new ArrayList<>();
    /// Decides the fault of each request; called in the order of arrival.
    volatile Function<Request, Fault> faults = request -> Fault.NONE;
    /// Called after each request whose work was done, before its answer.
    volatile Predicate<Request> afterWork = request -> true;

    private final CountDownLatch release = new CountDownLatch(1);
    private @Nullable HttpServer server;
    private int port;

    MlflowDouble() {
        start();
    }

    /// Starts, or starts again on the same port with what was kept.
    void start() {
        try {
            HttpServer started = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
            started.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            started.createContext("/", this::handle);
            started.start();
            port = started.getAddress().getPort();
            server = started;
        } catch (IOException e) {
            throw new IllegalStateException("cannot listen on port " + port, e);
        }
    }

    void stop() {
        if (server != null) {
            server.stop(0);
            server = null;
        }
    }

    String uri() {
        return "http://127.0.0.1:" + port;
    }

    long count(String pathEnd) {
        synchronized (store) {
            return requests.stream().filter(r -> r.path().endsWith(pathEnd)).count();
        }
    }

    @Override
    public void close() {
        release.countDown();
        stop();
    }

    private void handle(HttpExchange exchange) throws IOException {
        byte[] bytes = exchange.getRequestBody().readAllBytes();
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.putAll(exchange.getRequestHeaders());
        Request request = new Request(
                exchange.getRequestMethod(),
                exchange.getRequestURI().getPath(),
                headers,
                new String(bytes, StandardCharsets.UTF_8));
        Fault fault;
        Answer answer;
        synchronized (store) {
            requests.add(request);
            checkTransport(request);
            fault = faults.apply(request);
            boolean works = fault == Fault.NONE || fault == Fault.DO_AND_DROP || fault == Fault.DO_AND_ERROR;
            answer = works ? work(request, bytes, exchange.getRequestURI().getRawQuery()) : refuse(fault, request);
            if (works && !afterWork.test(request)) {
                fault = Fault.DROP;
            }
        }
        if (fault == Fault.HANG) {
            await();
        }
        if (fault == Fault.HANG || fault == Fault.DROP || fault == Fault.DO_AND_DROP) {
            exchange.close();
            return;
        }
        send(exchange, fault == Fault.DO_AND_ERROR ? refuse(Fault.ERROR, request) : answer);
    }

    private void await() {
        try {
            release.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(answer.status(), body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private void checkTransport(Request request) {
        if (request.headers().containsKey("Upgrade")) {
            store.violation("asked to upgrade the connection: " + request.path());
        }
        boolean hasBody = request.method().equals("POST") || request.method().equals("PUT");
        if (hasBody && !request.headers().containsKey("Content-Length")) {
            store.violation("body without Content-Length: " + request.path());
        }
    }

    private static Answer refuse(Fault fault, Request request) {
        return switch (fault) {
            case FORBIDDEN_HOST -> new Answer(403, "Invalid Host header - possible DNS rebinding attack detected");
            case UNAUTHORIZED -> new Answer(401, "Who are you? " + request.header("Authorization"));
            case EMPTY -> new Answer(200, "{}");
            default -> new Answer(500, "<html><body><h1>Internal  Server Error</h1></body></html>");
        };
    }

    /// What a request is answered with.
    record Answer(int status, String body) {
        static Answer error(int status, String code, String message) {
            return new Answer(
                    status,
                    JsonMapper.shared()
                            .createObjectNode()
                            .put("error_code", code)
                            .put("message", message)
                            .toString());
        }
    }

    private Answer work(Request request, byte[] bytes, @Nullable String rawQuery) {
        String artifacts = "/api/2.0/mlflow-artifacts/artifacts/";
        if (request.path().startsWith(artifacts)) {
            boolean whole = request.headers().containsKey("Content-Length");
            return store.artifact(
                    request.method(), request.path().substring(artifacts.length()), whole ? bytes : new byte[0]);
        }
        String api = "/api/2.0/mlflow/";
        if (!request.path().startsWith(api)) {
            return new Answer(404, "<html>Not Found</html>");
        }
        String endpoint = request.path().substring(api.length());
        if (request.method().equals("GET")) {
            return store.get(endpoint, query(rawQuery));
        }
        JsonNode body = JsonMapper.shared().readTree(request.body());
        return store.post(endpoint, body);
    }

    private static Map<String, String> query(@Nullable String raw) {
        Map<String, String> out = new LinkedHashMap<>();
        for (String pair : raw == null ? new String[0] : raw.split("&", -1)) {
            int equals = pair.indexOf('=');
            out.put(pair.substring(0, equals), URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return out;
    }
}
