package dev.fovea.runtime.track;

import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// One point of a metric, as servers take it.
///
/// @param key legal name, see [MetricNames]
/// @param value may be NaN or infinite
/// @param timestamp milliseconds since 1970 UTC, not negative
/// @param step optimizer steps done
record MlflowMetric(String key, double value, long timestamp, long step) {
    /// The body of `runs/log-batch`. Types matter: a server stops reading at a value of a wrong type, drops what
    /// follows
    /// and still answers 200.
    static String batch(String runId, List<MlflowMetric> metrics) {
        ObjectNode body = JsonMapper.shared().createObjectNode().put("run_id", runId);
        ArrayNode array = body.putArray("metrics");
        for (MlflowMetric metric : metrics) {
            ObjectNode node = array.addObject().put("key", metric.key);
            if (Double.isFinite(metric.value)) {
                node.put("value", metric.value);
            } else {
                node.put("value", Double.toString(metric.value));
            }
            node.put("timestamp", metric.timestamp).put("step", metric.step);
        }
        return body.toString();
    }
}
