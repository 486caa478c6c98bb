package dev.fovea.runtime.train;

import dev.fovea.dsl.run.AtomicFiles;
import dev.fovea.dsl.run.MetricHistory;
import dev.fovea.dsl.run.RunFolder;
import dev.fovea.runtime.memory.MemoryCheck;
import dev.fovea.runtime.store.ArrowTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What a finished run leaves under `results/`: `summary.json`, `metrics.arrow`, `retrieval.arrow`, and samples
/// with
/// their selection maps.
final class Results {
    /// Pictures kept for the heat maps.
    static final int SAMPLES = 6;

    private static final String SUMMARY = "summary.json";

    private Results() {}

    /// What `summary.json` says.
    record Saved(long step, List<RunListener.Score> scores) {}

    /// The results of a finished run, or nothing if they are missing or damaged.
    static Optional<Saved> read(RunFolder folder) {
        Path file = folder.results().resolve(SUMMARY);
        try {
            JsonNode node = JsonMapper.shared().readTree(Files.readAllBytes(file));
            List<RunListener.Score> scores = new ArrayList<>();
            for (JsonNode s : node.required("scores")) {
                scores.add(new RunListener.Score(
                        s.required("task").stringValue(),
                        s.required("split").stringValue(),
                        s.required("metric").stringValue(),
                        s.required("value").doubleValue(),
                        s.required("chance").doubleValue(),
                        s.required("samples").longValue()));
            }
            return Optional.of(new Saved(node.required("step").longValue(), scores));
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    /// A score's name in journals and tracking: letters, digits, dashes and slashes only.
    static String metricName(RunListener.Score s) {
        String metric = s.metric().toLowerCase(Locale.ROOT).replace("@", "");
        return "eval/" + s.task() + "/" + s.split() + "/" + metric;
    }

    /// Writes all of it.
    static void write(RunFolder folder, long step, Evaluation.Found found, MemoryCheck memory) {
        SelectionSamples.write(folder.results(), found.samples());
        retrieval(found).write(folder.results().resolve("retrieval.arrow"));
        ArrowTable.metrics(MetricHistory.of(folder.entries()))
                .write(folder.results().resolve("metrics.arrow"));
        AtomicFiles.write(folder.results().resolve(SUMMARY), summary(step, found.scores(), memory));
    }

    private static ArrowTable retrieval(Evaluation.Found found) {
        List<ArrowTable.RetrievalItem> items = new ArrayList<>();
        found.items()
                .forEach((split, ranked) -> ranked.forEach(r -> items.add(new ArrowTable.RetrievalItem(
                        Evaluation.name(split), r.key(), r.caption(), r.rank(), r.candidates()))));
        return ArrowTable.retrieval(items);
    }

    private static String summary(long step, List<RunListener.Score> scores, MemoryCheck memory) {
        ObjectNode node = JsonMapper.shared().createObjectNode();
        node.put("step", step);
        ObjectNode bytes = node.putObject("memory").put("predicted_bytes", memory.predicted());
        memory.measured().ifPresent(peak -> bytes.put("peak_bytes", peak).put("ratio", memory.ratio()));
        ArrayNode list = node.putArray("scores");
        for (RunListener.Score s : scores) {
            list.addObject()
                    .put("task", s.task())
                    .put("split", s.split())
                    .put("metric", s.metric())
                    .put("value", s.value())
                    .put("chance", s.chance())
                    .put("samples", s.samples());
        }
        return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(node) + "\n";
    }
}
