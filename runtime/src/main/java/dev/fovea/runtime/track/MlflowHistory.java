package dev.fovea.runtime.track;

import dev.fovea.runtime.track.TrackingException.Kind;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The metrics that a run has on the server, for leaving out what has arrived already.
final class MlflowHistory {
    /// Without a page size, servers 3.4 to 3.13 answer nothing and a page token that never ends.
    private static final int PAGE = 25_000;

    private final MlflowServer server;
    private final String runId;

    MlflowHistory(MlflowServer server, String runId) {
        this.server = server;
        this.runId = runId;
    }

    /// The metrics of `wanted` that are not on the server yet, in their order.
    List<MlflowMetric> without(List<MlflowMetric> wanted) {
        Map<String, Set<String>> there = new TreeMap<>();
        List<MlflowMetric> fresh = new ArrayList<>();
        for (MlflowMetric metric : wanted) {
            Set<String> points = there.computeIfAbsent(metric.key(), this::points);
            if (points.add(point(metric.timestamp(), metric.step(), metric.value()))) {
                fresh.add(metric);
            }
        }
        return fresh;
    }

    private Set<String> points(String key) {
        Set<String> points = new TreeSet<>();
        String token = "";
        do {
            JsonNode page = page(key, token);
            page.path("metrics")
                    .forEach(m -> points.add(
                            point(m.path("timestamp").asLong(0), m.path("step").asLong(0), value(m.path("value")))));
            String next = page.path("next_page_token").asString("");
            if (next.equals(token) && !next.isEmpty()) {
                throw new TrackingException(
                        Kind.FAILING, server.address() + ": metrics/get-history of " + key + " repeats a page");
            }
            token = next;
        } while (!token.isEmpty());
        return points;
    }

    private JsonNode page(String key, String token) {
        String query = "metrics/get-history?run_id=" + runId + "&metric_key="
                + URLEncoder.encode(key, StandardCharsets.UTF_8) + "&max_results=" + PAGE
                + (token.isEmpty() ? "" : "&page_token=" + URLEncoder.encode(token, StandardCharsets.UTF_8));
        String text = server.ask("metrics/get-history", client -> client.sendGet(query));
        try {
            return JsonMapper.shared().readTree(text);
        } catch (JacksonException e) {
            throw new TrackingException(
                    Kind.FAILING, server.address() + ": metrics/get-history answers no JSON: is this MLflow?");
        }
    }

    private static double value(JsonNode value) {
        if (!value.isString()) {
            return value.asDouble(0);
        }
        try {
            return Double.parseDouble(value.stringValue());
        } catch (NumberFormatException other) {
            return Double.NaN;
        }
    }

    /// SQL stores keep infinities as the largest double.
    private static String point(long time, long step, double value) {
        double kept = Double.isNaN(value) ? value : Math.clamp(value, -Double.MAX_VALUE, Double.MAX_VALUE);
        return time + " " + step + " " + (kept == 0 ? 0.0 : kept);
    }
}
