package dev.fovea.dsl.run;

import java.time.Instant;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `status.json` of a run folder.
final class StatusJson {
    private StatusJson() {}

    static String text(String key, RunState state) {
        JsonMapper json = JsonMapper.shared();
        ObjectNode root = json.createObjectNode();
        root.put("key", key)
                .put("status", state.status().name().toLowerCase(Locale.ROOT))
                .put("step", state.step())
                .put("attempts", state.attempts())
                .put("started", time(state.startedMillis()))
                .put("last", time(state.lastMillis()))
                .put("activeSeconds", state.activeMillis() / 1000.0)
                .put("checkpoint", state.checkpoint())
                .put("reason", state.reason())
                .put("message", state.message());
        ObjectNode metrics = root.putObject("metrics");
        state.metrics().forEach((name, value) -> JournalJson.number(metrics, name, value));
        return json.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    }

    private static String time(long millis) {
        return millis == 0 ? "" : Instant.ofEpochMilli(millis).toString();
    }
}
