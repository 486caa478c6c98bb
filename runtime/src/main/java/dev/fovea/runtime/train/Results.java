package dev.fovea.runtime.train;

import dev.fovea.dsl.run.AtomicFiles;
import dev.fovea.dsl.run.MetricHistory;
import dev.fovea.dsl.run.RunFolder;
import dev.fovea.runtime.store.ArrowTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What a finished run leaves under `results/`: `summary.json`, `metrics.arrow`, `retrieval.arrow`, and samples
/// with
/// their selection maps.
final class Results {
    /// Pictures kept for the heat maps.
    static final int SAMPLES = 6;

    private Results() {}

    /// A score's name in journals and tracking: letters, digits, dashes and slashes only.
    static String metricName(RunListener.Score s) {
        String metric = s.metric().toLowerCase(Locale.ROOT).replace("@", "");
        return "eval/" + s.task() + "/" + s.split() + "/" + metric;
    }

    /// Writes all of it.
    static void write(RunFolder folder, long step, Evaluation.Found found) {
        SelectionSamples.write(folder.results(), found.samples());
        retrieval(found).write(folder.results().resolve("retrieval.arrow"));
        ArrowTable.metrics(MetricHistory.of(folder.entries()))
                .write(folder.results().resolve("metrics.arrow"));
        AtomicFiles.write(folder.results().resolve("summary.json"), summary(step, found.scores()));
    }

    private static ArrowTable retrieval(Evaluation.Found found) {
        List<ArrowTable.RetrievalItem> items = new ArrayList<>();
        found.items()
                .forEach((split, ranked) -> ranked.forEach(r -> items.add(new ArrowTable.RetrievalItem(
                        Evaluation.name(split), r.key(), r.caption(), r.rank(), r.candidates()))));
        return ArrowTable.retrieval(items);
    }

    private static String summary(long step, List<RunListener.Score> scores) {
        ObjectNode node = JsonMapper.shared().createObjectNode();
        node.put("step", step);
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
