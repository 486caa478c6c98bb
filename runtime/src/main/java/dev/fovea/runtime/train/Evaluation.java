package dev.fovea.runtime.train;

import dev.fovea.datasets.Batch;
import dev.fovea.datasets.BatchElement;
import dev.fovea.datasets.Corpus;
import dev.fovea.datasets.EvaluationBatches;
import dev.fovea.datasets.Split;
import dev.fovea.datasets.Tokenizer;
import dev.fovea.dsl.spec.ExperimentSpec;
import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.runtime.model.Ps3;
import dev.fovea.runtime.select.ScaleGrid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// Measures a model on scenes it was not trained on: local-caption retrieval R@1 and R@5, and the share of box
/// patches
/// that random, bottom-up and top-down selection find.
final class Evaluation {
    static final String RETRIEVAL = "local-retrieval";
    static final String RECALL = "selection-recall";

    private final ExperimentSpec spec;
    private final Compiled program;
    private final @Nullable SelectionRecall recall;
    private final SequencedMap<Split, EvaluationBatches> splits = new LinkedHashMap<>();
    private final RunListener listener;
    private final int side;

    Evaluation(ExperimentSpec spec, Corpus corpus, Tokenizer tokenizer, Compiled program, RunListener listener) {
        this.spec = spec;
        this.program = program;
        this.listener = listener;
        this.side = spec.model().ps3().scales().getLast();
        this.recall = spec.model().selects() ? recall(spec, side) : null;
        if (recall == null) {
            listener.note("the encoder selects no patches, so that there is no " + RECALL + " and no selection map");
        }
        for (Split split : List.of(Split.SEEN, Split.NEW_STYLE, Split.NEW_CONCEPT)) {
            if (corpus.supports(split)) {
                splits.put(split, batches(corpus, split, tokenizer));
            }
        }
    }

    private static SelectionRecall recall(ExperimentSpec spec, int side) {
        List<ScaleGrid> grids = Ps3.grids(spec.model(), side, side);
        ModelSpec model = Programs.evaluated(spec);
        return new SelectionRecall(Ps3.scoreRule(model, grids), Ps3.counts(model, grids));
    }

    private EvaluationBatches batches(Corpus corpus, Split split, Tokenizer tokenizer) {
        return new EvaluationBatches(
                corpus,
                split,
                tokenizer,
                spec.data(),
                spec.batch().global(),
                side,
                spec.model().text().context(),
                spec.eval().scenes(),
                spec.eval().gallery());
    }

    /// Everything one evaluation found.
    ///
    /// @param scores summary, in the order to show
    /// @param items retrieval of every region, by split
    /// @param samples pictures with maps, of the first split
    record Found(
            List<RunListener.Score> scores,
            SequencedMap<Split, List<Retrieval.Ranked>> items,
            List<SelectionSample> samples) {}

    /// Recall of each strategy, item by item.
    private record Recalls(List<Double> random, List<Double> bottomUp, List<Double> topDown) {
        Recalls() {
            this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }
    }

    /// Evaluates all splits.
    ///
    /// @param samples pictures to keep for the heat maps
    Found run(int samples) {
        List<RunListener.Score> scores = new ArrayList<>();
        SequencedMap<Split, List<Retrieval.Ranked>> items = new LinkedHashMap<>();
        List<SelectionSample> kept = new ArrayList<>();
        Recalls recalls = new Recalls();
        int done = 0,
                total =
                        splits.values().stream()
                                .mapToInt(EvaluationBatches::batches)
                                .sum();
        for (Split split : splits.keySet()) {
            EvaluationBatches data = splits.get(split);
            List<Retrieval.Region> regions = new ArrayList<>();
            for (int i = 0; data != null && i < data.batches(); i++) {
                visit(data, i, regions, recalls, kept, samples);
                listener.progress("evaluating", ++done, total);
            }
            if (data != null) {
                data.freeMemory();
            }
            if (spec.eval().tasks().contains(RETRIEVAL) && !regions.isEmpty()) {
                List<Retrieval.Ranked> ranked = new Retrieval(spec.eval().gallery(), spec.seed()).rank(regions);
                items.put(split, ranked);
                scores.add(retrieval(split, ranked, 1));
                scores.add(retrieval(split, ranked, 5));
            }
        }
        if (spec.eval().tasks().contains(RECALL) && !recalls.random().isEmpty()) {
            double chance = mean(recalls.random());
            scores.add(selection("random", recalls.random(), chance));
            scores.add(selection("bottom-up", recalls.bottomUp(), chance));
            scores.add(selection("top-down", recalls.topDown(), chance));
        }
        return new Found(scores, items, kept);
    }

    private void visit(
            EvaluationBatches data,
            int i,
            List<Retrieval.Region> regions,
            Recalls recalls,
            List<SelectionSample> kept,
            int samples) {
        Batch batch = data.batch(i);
        Inputs.write(program, batch);
        program.session().write(program.input("step"), 0);
        program.session().run();
        double[] images = program.result("image_features"), texts = program.result("text_features");
        int width = images.length / spec.batch().global();
        for (int e = 0; e < data.valid(i); e++) {
            BatchElement element = batch.elements().get(e);
            regions.add(new Retrieval.Region(
                    element.key(), element.caption(), row(images, e, width), row(texts, e, width)));
        }
        if (recall != null) {
            visitMaps(recall, batch, data.valid(i), i, recalls, kept, samples);
        }
        batch.release();
    }

    /// The selection maps of the first `valid` elements of batch `i`.
    private void visitMaps(
            SelectionRecall of,
            Batch batch,
            int valid,
            int i,
            Recalls recalls,
            List<SelectionSample> kept,
            int samples) {
        List<double[]> prior = maps(PreTraining.PRIOR_MAP), posterior = maps(PreTraining.POSTERIOR_MAP);
        for (int e = 0; e < valid; e++) {
            BatchElement element = batch.elements().get(e);
            List<double[]> up = rows(prior, e), down = rows(posterior, e);
            List<SelectionRecall.Selected> byPrior = of.byMaps(up), byPosterior = of.byMaps(down);
            long item = (long) i * spec.batch().global() + e;
            recalls.random().add(of.recall(of.random(spec.seed(), item), element.box(), side));
            recalls.bottomUp().add(of.recall(byPrior, element.box(), side));
            recalls.topDown().add(of.recall(byPosterior, element.box(), side));
            if (kept.size() < samples && kept.stream().noneMatch(k -> k.key().equals(sceneOf(element.key())))) {
                SelectionSample.Layer first = new SelectionSample.Layer("bottom-up", of.side(), up.getFirst(), byPrior);
                SelectionSample.Layer second =
                        new SelectionSample.Layer("top-down", of.side(), down.getFirst(), byPosterior);
                kept.add(sample(batch, e, List.of(first, second)));
            }
        }
    }

    /// The maps of a batch under this name: one for all high scales, or one for each.
    private List<double[]> maps(String name) {
        List<double[]> maps = new ArrayList<>();
        maps.add(program.result(name));
        for (int i = 1; program.graph().results().containsKey(name + "." + i); i++) {
            maps.add(program.result(name + "." + i));
        }
        return maps;
    }

    private List<double[]> rows(List<double[]> maps, int e) {
        return maps.stream()
                .map(m -> row(m, e, m.length / spec.batch().global()))
                .toList();
    }

    /// Regions of one scene share the part of the key before `#`.
    private static String sceneOf(String key) {
        int at = key.indexOf('#');
        return at < 0 ? key : key.substring(0, at);
    }

    private SelectionSample sample(Batch batch, int e, List<SelectionSample.Layer> layers) {
        BatchElement element = batch.elements().get(e);
        byte[] rgb = SelectionSample.picture(
                batch.pixels(),
                e,
                side,
                spec.data().preprocess().mean(),
                spec.data().preprocess().std());
        return new SelectionSample(sceneOf(element.key()), element.caption(), side, rgb, element.box(), layers);
    }

    private static RunListener.Score retrieval(Split split, List<Retrieval.Ranked> ranked, int k) {
        return new RunListener.Score(
                RETRIEVAL,
                name(split),
                "R@" + k,
                Retrieval.recall(ranked, k),
                Retrieval.chance(ranked, k),
                ranked.size());
    }

    private static RunListener.Score selection(String strategy, List<Double> recalls, double chance) {
        return new RunListener.Score(RECALL, strategy, "recall", mean(recalls), chance, recalls.size());
    }

    /// The name of a split in tables and metric names.
    static String name(Split split) {
        return split.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static double mean(List<Double> values) {
        return values.stream()
                .mapToDouble(v -> v)
                .filter(Double::isFinite)
                .average()
                .orElse(Double.NaN);
    }

    private static double[] row(double[] data, int row, int width) {
        return Arrays.copyOfRange(data, row * width, (row + 1) * width);
    }
}
