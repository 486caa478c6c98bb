package dev.fovea.runtime.track;

import dev.fovea.runtime.track.TrackingException.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.mlflow.api.proto.Service.CreateRun;
import org.mlflow.api.proto.Service.Experiment;
import org.mlflow.api.proto.Service.Param;
import org.mlflow.api.proto.Service.Run;
import org.mlflow.api.proto.Service.RunInfo;
import org.mlflow.api.proto.Service.RunStatus;
import org.mlflow.api.proto.Service.RunTag;
import org.mlflow.api.proto.Service.ViewType;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// One run on the server: made once per run folder, found again by its id or, if the answer to its making was
/// lost, by
/// a token that was stored before asking.
final class MlflowRun {
    private static final String TOKEN = "fovea.creation";
    private static final int LONGEST_TAG = 5000;
    private static final int LONGEST_PARAMETER = 6000;
    private static final int LONGEST_NAME = 250;

    private final MlflowServer server;
    private final String experiment;
    private final RunFacts facts;
    private final Bookmark bookmark;
    private final Consumer<String> warn;
    private boolean seen;
    private String artifactUri = "";

    MlflowRun(MlflowServer server, String experiment, RunFacts facts, Bookmark bookmark, Consumer<String> warn) {
        this.server = server;
        this.experiment = experiment;
        this.facts = facts;
        this.bookmark = bookmark;
        this.warn = warn;
    }

    String id() {
        return bookmark.text("run_id");
    }

    String artifactUri() {
        if (!artifactUri.startsWith("mlflow-artifacts:")) {
            throw new TrackingException(
                    Kind.REFUSED, server.address() + ": artifacts are kept outside the server, at " + artifactUri);
        }
        return artifactUri;
    }

    /// Makes the run, or finds it and checks that it still takes records; sends what never changes.
    ///
    /// @param timeMillis when a new run began
    void ensure(long timeMillis) {
        if (seen && !id().isEmpty()) {
            return;
        }
        RunInfo info = id().isEmpty() ? made(timeMillis) : checkAlive();
        artifactUri = info.getArtifactUri();
        sendParameters();
        sendInputs();
        seen = true;
    }

    /// @throws TrackingException of kind GONE if the run is not there, STOPPED if a person removed it
    RunInfo checkAlive() {
        RunInfo info = server.ask("runs/get", client -> client.getRun(id())).getInfo();
        if (info.getLifecycleStage().equals("deleted")) {
            throw new TrackingException(
                    Kind.STOPPED,
                    server.address() + ": run " + id() + " was deleted there; restore it, or remove " + Bookmark.FILE
                            + " in the run folder to log anew");
        }
        return info;
    }

    private RunInfo made(long timeMillis) {
        String experimentId = experimentId();
        if (bookmark.text(TOKEN).isEmpty()) {
            bookmark.text(TOKEN, UUID.randomUUID().toString());
        } else {
            Optional<RunInfo> lost = byToken(experimentId);
            if (lost.isPresent()) {
                return remembered(lost.get());
            }
        }
        bookmark.save();
        CreateRun.Builder create = CreateRun.newBuilder()
                .setExperimentId(experimentId)
                .setStartTime(timeMillis)
                .setRunName(MetricNames.cut(facts.name().isEmpty() ? facts.key() : facts.name(), LONGEST_NAME));
        legalTags(firstTags()).forEach(create::addTags);
        return remembered(server.ask("runs/create", client -> client.createRun(create.build())));
    }

    private RunInfo remembered(RunInfo info) {
        if (info.getRunId().isEmpty()) {
            throw new TrackingException(
                    Kind.FAILING, server.address() + ": runs/create answered without a run: is this MLflow?");
        }
        bookmark.text("run_id", info.getRunId());
        bookmark.save();
        return info;
    }

    /// Runs whose making was asked for but whose answer was lost; the client repeats requests, so there may be
    /// several.
    private Optional<RunInfo> byToken(String experimentId) {
        String filter = "tags.`" + TOKEN + "` = '" + bookmark.text(TOKEN) + "'";
        List<RunInfo> found = server
                .ask(
                        "runs/search",
                        client ->
                                client.searchRuns(List.of(experimentId), filter, ViewType.ACTIVE_ONLY, 100, List.of()))
                .getItems()
                .stream()
                .map(Run::getInfo)
                .sorted(Comparator.comparingLong(RunInfo::getStartTime).thenComparing(RunInfo::getRunId))
                .toList();
        for (RunInfo spare : found.subList(Math.min(1, found.size()), found.size())) {
            server.ask("runs/delete", client -> {
                client.deleteRun(spare.getRunId());
                return true;
            });
        }
        return found.stream().findFirst();
    }

    private String experimentId() {
        Optional<Experiment> found = experimentByName();
        if (found.isEmpty()) {
            try {
                String made = server.ask("experiments/create", client -> client.createExperiment(experiment));
                if (made.isEmpty()) {
                    throw new TrackingException(
                            Kind.FAILING,
                            server.address() + ": experiments/create answered without an id: is this MLflow?");
                }
                return made;
            } catch (TrackingException e) {
                if (e.kind() != Kind.REFUSED || !e.line().contains("RESOURCE_ALREADY_EXISTS")) {
                    throw e;
                }
                // Another run made it at the same moment.
                found = experimentByName();
            }
        }
        Experiment existing = found.orElseThrow(() -> new TrackingException(
                Kind.FAILING, server.address() + ": experiment " + experiment + " exists but is not shown"));
        if (existing.getLifecycleStage().equals("deleted")) {
            throw new TrackingException(
                    Kind.STOPPED,
                    server.address() + ": experiment " + experiment
                            + " was deleted there; restore it or set tracking.experiment to another name");
        }
        return existing.getExperimentId();
    }

    private Optional<Experiment> experimentByName() {
        return server.ask("experiments/get-by-name", client -> client.getExperimentByName(experiment))
                .filter(e -> !e.getExperimentId().isEmpty());
    }

    private SequencedMap<String, String> firstTags() {
        SequencedMap<String, String> tags = new LinkedHashMap<>();
        tags.put("mlflow.source.type", "LOCAL");
        tags.put("mlflow.source.name", "fovea");
        if (!facts.note().isEmpty()) {
            tags.put("mlflow.note.content", facts.note());
        }
        tags.putAll(facts.tags());
        tags.put("fovea.key", facts.key());
        tags.put(TOKEN, bookmark.text(TOKEN));
        return tags;
    }

    static List<RunTag> legalTags(Map<String, String> tags) {
        MetricNames names = new MetricNames();
        List<RunTag> legal = new ArrayList<>();
        tags.forEach((name, value) -> legal.add(RunTag.newBuilder()
                .setKey(names.legal(name))
                .setValue(MetricNames.cut(value, LONGEST_TAG))
                .build()));
        return legal;
    }

    /// Parameters never change; those that are there stay, and one that differs is only told.
    private void sendParameters() {
        if (bookmark.flag("parameters")) {
            return;
        }
        Map<String, String> there =
                server.ask("runs/get", client -> client.getRun(id())).getData().getParamsList().stream()
                        .collect(Collectors.toMap(Param::getKey, Param::getValue, (a, b) -> a));
        MetricNames names = new MetricNames();
        List<Param> missing = new ArrayList<>();
        facts.parameters().forEach((name, value) -> {
            String legal = names.legal(name.replace('/', '.'));
            String kept = MetricNames.cut(value, LONGEST_PARAMETER);
            if (!there.containsKey(legal)) {
                missing.add(Param.newBuilder().setKey(legal).setValue(kept).build());
            } else if (!kept.equals(there.get(legal))) {
                warn.accept("parameter " + legal + " stays " + there.get(legal) + " on " + server.address());
            }
        });
        for (int i = 0; i < missing.size(); i += 100) {
            List<Param> some = missing.subList(i, Math.min(i + 100, missing.size()));
            server.ask("runs/log-batch", client -> {
                client.logBatch(id(), List.of(), some, List.of());
                return true;
            });
        }
        bookmark.set("parameters");
        bookmark.save();
    }

    private void sendInputs() {
        if (bookmark.flag("inputs") || facts.inputs().isEmpty()) {
            return;
        }
        ObjectNode body = JsonMapper.shared().createObjectNode().put("run_id", id());
        var datasets = body.putArray("datasets");
        for (RunFacts.Input input : facts.inputs()) {
            ObjectNode one = datasets.addObject();
            one.putArray("tags").addObject().put("key", "mlflow.data.context").put("value", input.context());
            one.putObject("dataset")
                    .put("name", MetricNames.cut(input.name(), 500))
                    .put(
                            "digest",
                            input.digest()
                                    .substring(0, Math.min(36, input.digest().length())))
                    .put("source_type", input.sourceType())
                    .put("source", input.source());
        }
        try {
            server.post("runs/log-inputs", body.toString());
        } catch (TrackingException e) {
            if (e.kind() == Kind.UNREACHABLE) {
                throw e;
            }
            warn.accept("data sets are not shown: " + e.line());
            if (e.kind() == Kind.FAILING) {
                // Metrics matter more; the next attempt tries again.
                return;
            }
        }
        bookmark.set("inputs");
        bookmark.save();
    }

    void status(RunStatus status, long timeMillis) {
        if (status == RunStatus.RUNNING) {
            String json = JsonMapper.shared()
                    .createObjectNode()
                    .put("run_id", id())
                    .put("status", "RUNNING")
                    .toString();
            server.ask("runs/update", client -> client.sendPost("runs/update", json));
        } else {
            server.ask("runs/update", client -> {
                client.setTerminated(id(), status, timeMillis);
                return true;
            });
        }
    }
}
