package dev.fovea.runtime.track;

import dev.fovea.runtime.track.MlflowDouble.Answer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What the tracking double keeps and how it answers. Used under its monitor.
final class MlflowStore {
    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}_\\-. /:]{1,250}");
    private static final Pattern TAG_FILTER = Pattern.compile("tags\\.`([^`]+)` = '([^']*)'");
    private static final List<String> STATUSES = List.of("RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED");
    private static final JsonMapper JSON = JsonMapper.shared();

    /// One point of a metric.
    record Point(String key, String value, long timestamp, long step) {}

    /// One run.
    static final class Run {
        final String id;
        final String experiment;
        String name = "";
        String status = "RUNNING";
        String stage = "active";
        long startTime;
        long endTime;
        final Map<String, String> params = new TreeMap<>();
        final Map<String, String> tags = new TreeMap<>();
        final List<Point> metrics = new ArrayList<>();
        final List<String> inputs = new ArrayList<>();

        Run(String id, String experiment) {
            this.id = id;
            this.experiment = experiment;
        }
    }

    final Map<String, String> experiments = new LinkedHashMap<>();
    final Map<String, Run> runs = new LinkedHashMap<>();
    final Map<String, byte[]> artifacts = new TreeMap<>();
    final List<String> violations = new ArrayList<>();
    /// Points that a history answer holds at most.
    int page = 7;
    /// A metric that is refused although nothing is wrong with it; empty for none.
    String refusedMetric = "";
    /// A metric that is accepted and lost; empty for none.
    String lostMetric = "";
    /// The next experiment seems to be made by somebody else between a look and its making.
    boolean raceNextExperiment;
    /// Where new runs keep their artifacts.
    String artifactRoot = "mlflow-artifacts:";

    void violation(String what) {
        violations.add(what);
    }

    /// The only active run.
    Run only() {
        List<Run> active =
                runs.values().stream().filter(r -> r.stage.equals("active")).toList();
        if (active.size() != 1) {
            throw new AssertionError(active.size() + " active runs of " + runs.size());
        }
        return active.getFirst();
    }

    private Answer bad(String message) {
        violation(message);
        return Answer.error(400, "INVALID_PARAMETER_VALUE", message);
    }

    private static Answer missing(String what) {
        return Answer.error(404, "RESOURCE_DOES_NOT_EXIST", what + " does not exist");
    }

    Answer get(String endpoint, Map<String, String> query) {
        return switch (endpoint) {
            case "experiments/get-by-name" -> byName(query.getOrDefault("experiment_name", ""));
            case "runs/get" -> {
                Run run = runs.get(query.getOrDefault("run_id", ""));
                yield run == null
                        ? missing("run " + query)
                        : new Answer(
                                200,
                                JSON.createObjectNode().set("run", json(run)).toString());
            }
            case "metrics/get-history" -> history(query);
            default -> bad("GET " + endpoint);
        };
    }

    Answer post(String endpoint, JsonNode body) {
        Run run = runs.get(body.path("run_id").asString(""));
        return switch (endpoint) {
            case "experiments/create" -> createExperiment(body.path("name").asString(""));
            case "runs/create" -> createRun(body);
            case "runs/search" -> search(body);
            case "runs/log-batch" -> run == null ? missing("run " + body.path("run_id")) : logBatch(run, body);
            case "runs/update" -> run == null ? missing("run " + body.path("run_id")) : update(run, body);
            case "runs/delete" -> run == null ? missing("run " + body.path("run_id")) : delete(run);
            case "runs/log-inputs" -> run == null ? missing("run " + body.path("run_id")) : logInputs(run, body);
            default -> bad("POST " + endpoint);
        };
    }

    private static Answer delete(Run run) {
        run.stage = "deleted";
        return new Answer(200, "{}");
    }

    private Answer byName(String name) {
        String id = experiments.get(name);
        if (id == null) {
            return missing("experiment " + name);
        }
        ObjectNode answer = JSON.createObjectNode();
        answer.putObject("experiment")
                .put("experiment_id", id)
                .put("name", name)
                .put("lifecycle_stage", id.equals("13") ? "deleted" : "active");
        return new Answer(200, answer.toString());
    }

    private Answer createExperiment(String name) {
        if (name.isEmpty() || name.length() > 500) {
            return bad("experiment name '" + name + "'");
        }
        if (raceNextExperiment) {
            raceNextExperiment = false;
            experiments.put(name, "77");
        }
        if (experiments.containsKey(name)) {
            return Answer.error(400, "RESOURCE_ALREADY_EXISTS", "Experiment '" + name + "' already exists.");
        }
        String id = Integer.toString(experiments.size() + 1);
        experiments.put(name, id);
        return new Answer(200, JSON.createObjectNode().put("experiment_id", id).toString());
    }

    private Answer createRun(JsonNode body) {
        String experiment = body.path("experiment_id").asString("");
        if (!experiments.containsValue(experiment)) {
            return missing("experiment " + experiment);
        }
        Run run = new Run("%032x".formatted(0xabc0000 + runs.size()), experiment);
        run.name = body.path("run_name").asString("");
        run.startTime = integer(body.path("start_time"));
        if (run.name.isEmpty() || run.name.length() > 250) {
            return bad("run name '" + run.name + "'");
        }
        String wrong = addTags(run, body.path("tags"));
        if (!wrong.isEmpty()) {
            return bad(wrong);
        }
        runs.put(run.id, run);
        return new Answer(200, JSON.createObjectNode().set("run", json(run)).toString());
    }

    private Answer search(JsonNode body) {
        Matcher filter = TAG_FILTER.matcher(body.path("filter").asString(""));
        if (!filter.matches() || body.path("max_results").asInt(0) > 50_000) {
            return bad("search " + body);
        }
        ArrayNode found = JSON.createArrayNode();
        for (Run run : runs.values()) {
            boolean here = body.path("experiment_ids")
                    .valueStream()
                    .anyMatch(e -> e.asString("").equals(run.experiment));
            if (here && run.stage.equals("active") && filter.group(2).equals(run.tags.get(filter.group(1)))) {
                found.add(json(run));
            }
        }
        return new Answer(200, JSON.createObjectNode().set("runs", found).toString());
    }

    private Answer update(Run run, JsonNode body) {
        String status = body.path("status").asString("");
        if (!STATUSES.contains(status)) {
            return bad("status " + status);
        }
        run.status = status;
        run.endTime = body.has("end_time") ? integer(body.path("end_time")) : 0;
        return new Answer(
                200, JSON.createObjectNode().set("run_info", info(run)).toString());
    }

    private Answer logInputs(Run run, JsonNode body) {
        for (JsonNode input : body.path("datasets")) {
            String name = input.path("dataset").path("name").asString("");
            String digest = input.path("dataset").path("digest").asString("");
            if (digest.length() > 36 || name.isEmpty()) {
                return bad("data set " + input);
            }
            run.inputs.add(name + "#" + digest);
        }
        return new Answer(200, "{}");
    }

    private Answer logBatch(Run run, JsonNode body) {
        if (!run.stage.equals("active")) {
            return Answer.error(400, "INVALID_PARAMETER_VALUE", "The run " + run.id + " must be in the 'active' state");
        }
        int metrics = body.path("metrics").size();
        int params = body.path("params").size();
        int tags = body.path("tags").size();
        if (metrics > 1000 || params > 100 || tags > 100 || metrics + params + tags > 1000) {
            return bad("A batch logging request can contain at most 1000 metrics, 100 params, 100 tags, 1000 in all");
        }
        if (body.toString().length() > 1_000_000) {
            return bad("body of " + body.toString().length());
        }
        List<Point> points = new ArrayList<>();
        for (JsonNode m : body.path("metrics")) {
            String key = m.path("key").asString("");
            if (key.equals(refusedMetric)) {
                return Answer.error(400, "INVALID_PARAMETER_VALUE", "no " + key + " today");
            }
            String wrong = wrongMetric(m);
            if (!wrong.isEmpty()) {
                return bad(wrong);
            }
            if (!key.equals(lostMetric)) {
                points.add(
                        new Point(key, number(m.path("value")), integer(m.path("timestamp")), integer(m.path("step"))));
            }
        }
        List<String> names = Stream.concat(run.metrics.stream(), points.stream())
                .map(Point::key)
                .distinct()
                .toList();
        String wrong = folderConflict(names) + addParams(run, body.path("params")) + addTags(run, body.path("tags"));
        if (!wrong.isEmpty()) {
            return bad(wrong);
        }
        run.metrics.addAll(points);
        return new Answer(200, "{}");
    }

    private static String wrongMetric(JsonNode m) {
        JsonNode value = m.path("value");
        boolean number = value.isNumber()
                || value.isString() && List.of("NaN", "Infinity", "-Infinity").contains(value.stringValue());
        boolean when = m.path("timestamp").asString("").matches("\\d+")
                && m.path("step").asString("0").matches("-?\\d+");
        return number && when && legal(m.path("key").asString("")) ? "" : "metric " + m;
    }

    private static String folderConflict(List<String> names) {
        TreeMap<String, String> sorted = new TreeMap<>();
        names.forEach(name -> sorted.put(name, name));
        for (String name : names) {
            String next = sorted.ceilingKey(name + "/");
            if (next != null && next.startsWith(name + "/")) {
                return "Not a directory: " + name + " and " + next;
            }
        }
        return "";
    }

    private static String addParams(Run run, JsonNode params) {
        for (JsonNode p : params) {
            String key = p.path("key").asString("");
            String value = p.path("value").asString("");
            if (!legal(key) || !p.path("value").isString() || value.length() > 6000) {
                return "parameter " + p;
            }
            if (!value.equals(run.params.getOrDefault(key, value))) {
                return "Changing param values is not allowed: " + key + " is " + run.params.get(key);
            }
            run.params.put(key, value);
        }
        return folderConflict(List.copyOf(run.params.keySet()));
    }

    private static String addTags(Run run, JsonNode tags) {
        for (JsonNode t : tags) {
            String key = t.path("key").asString("");
            if (!legal(key) || t.path("value").asString("").length() > 5000) {
                return "tag " + t;
            }
            run.tags.put(key, t.path("value").asString(""));
        }
        return "";
    }

    private static boolean legal(String name) {
        boolean clean = Stream.of(name.split("/", -1)).noneMatch(p -> p.isEmpty() || p.equals(".") || p.equals(".."));
        return NAME.matcher(name).matches() && clean;
    }

    private Answer history(Map<String, String> query) {
        Run run = runs.get(query.getOrDefault("run_id", ""));
        if (run == null) {
            return missing("run " + query);
        }
        if (!query.containsKey("max_results")) {
            return bad("history without max_results");
        }
        List<Point> points = run.metrics.stream()
                .filter(p -> p.key().equals(query.get("metric_key")))
                .toList();
        int from = Integer.parseInt(query.getOrDefault("page_token", "0"));
        int to = Math.min(points.size(), from + page);
        ObjectNode answer = JSON.createObjectNode();
        ArrayNode metrics = answer.putArray("metrics");
        points.subList(from, to).forEach(p -> metrics.add(json(p)));
        if (to < points.size()) {
            answer.put("next_page_token", Integer.toString(to));
        }
        return new Answer(200, answer.toString());
    }

    Answer artifact(String method, String path, byte[] content) {
        if (!method.equals("PUT") || !path.matches("[^/]+/[0-9a-f]{32}/artifacts/.+") || path.contains("..")) {
            return bad("artifact " + method + " " + path);
        }
        artifacts.put(path.replaceFirst(".*?/artifacts/", ""), content);
        return new Answer(200, "{}");
    }

    private ObjectNode info(Run run) {
        return JSON.createObjectNode()
                .put("run_id", run.id)
                .put("run_uuid", run.id)
                .put("experiment_id", run.experiment)
                .put("run_name", run.name)
                .put("status", run.status)
                .put("start_time", run.startTime)
                .put("artifact_uri", artifactRoot + "/" + run.experiment + "/" + run.id + "/artifacts")
                .put("lifecycle_stage", run.stage);
    }

    private ObjectNode json(Run run) {
        ObjectNode node = JSON.createObjectNode();
        node.set("info", info(run));
        ObjectNode data = node.putObject("data");
        ArrayNode params = data.putArray("params");
        run.params.forEach((k, v) -> params.addObject().put("key", k).put("value", v));
        ArrayNode tags = data.putArray("tags");
        run.tags.forEach((k, v) -> tags.addObject().put("key", k).put("value", v));
        ArrayNode metrics = data.putArray("metrics");
        Map<String, Point> latest = new TreeMap<>();
        run.metrics.forEach(p -> latest.merge(p.key(), p, (a, b) -> a.step() > b.step() ? a : b));
        latest.values().forEach(p -> metrics.add(json(p)));
        return node;
    }

    /// As SQL stores answer: infinities as the largest double.
    private static ObjectNode json(Point p) {
        ObjectNode node = JSON.createObjectNode()
                .put("key", p.key())
                .put("timestamp", p.timestamp())
                .put("step", p.step());
        return switch (p.value()) {
            case "NaN" -> node.put("value", "NaN");
            case "Infinity" -> node.put("value", Double.MAX_VALUE);
            case "-Infinity" -> node.put("value", -Double.MAX_VALUE);
            default -> node.put("value", Double.parseDouble(p.value()));
        };
    }

    private static String number(JsonNode value) {
        return value.isString() ? value.stringValue() : Double.toString(value.asDouble(0));
    }

    private static long integer(JsonNode value) {
        return value.isString() ? Long.parseLong(value.stringValue()) : value.asLong(0);
    }
}
