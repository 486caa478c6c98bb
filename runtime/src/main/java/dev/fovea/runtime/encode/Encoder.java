package dev.fovea.runtime.encode;

import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.ir.Value;
import dev.fovea.runtime.model.Ps3;
import dev.fovea.runtime.select.LookRequest;
import dev.fovea.runtime.select.PatchSelection;
import dev.fovea.runtime.select.Ranking;
import dev.fovea.runtime.select.Rounds;
import dev.fovea.runtime.select.ScaleGrid;
import dev.fovea.runtime.select.ScoreRule;
import dev.fovea.runtime.select.TieBreak;
import dev.fovea.runtime.train.Compiled;
import dev.fovea.runtime.train.Planned;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Encodes pictures of one size, one after the other (ps3-spec 1.3-1.10): [#low], [#choose] and [#high], or all of
/// them by [#encode]. The programs of both passes share the parameters in the store; the keys and values of the
/// low pass are handed from one to the other.
///
/// Legend: H x W picture, g side of the low grid, D width.
public final class Encoder implements AutoCloseable {
    private final EncoderSetup setup;
    private final EncodeGraphs graphs;
    private final Backend backend;
    private final Store store;
    private final Weights weights;
    private final List<ScaleGrid> grids;
    private final Compiled low;
    private @Nullable Compiled round;
    private List<Integer> roundCounts = List.of();
    private long pictures;

    /// One picture.
    ///
    /// @param pixels (3,H,W), normalised
    /// @param prompt (D), or null
    /// @param boxes (H,W), positive inside boxes, or null
    public record Picture(float[] pixels, double @Nullable [] prompt, double @Nullable [] boxes) {}

    /// Told before each round.
    @FunctionalInterface
    public interface Progress {
        /// @param round counted from 0
        /// @param rounds how many there will be
        void starting(int round, int rounds);
    }

    /// Compiles the low pass; rounds are compiled when their number of patches is known.
    ///
    /// @param store a store of the backend; it stays open when the encoder closes
    public Encoder(EncoderSetup setup, Backend backend, Store store, Weights weights) {
        this.setup = setup;
        this.graphs = new EncodeGraphs(setup);
        this.backend = backend;
        this.store = store;
        this.weights = weights;
        this.grids = Ps3.grids(setup.model(), setup.height(), setup.width());
        this.low = compiled(Planned.of(graphs.low()));
    }

    private Compiled compiled(Planned planned) {
        Set<String> before = new HashSet<>(store.names());
        Compiled program = Compiled.of(planned, backend, Map.of(), store);
        Set<String> fresh = new HashSet<>(store.names());
        fresh.removeAll(before);
        weights.load(store, fresh);
        return program;
    }

    /// Grids of the high scales.
    public List<ScaleGrid> grids() {
        return grids;
    }

    /// The low-resolution pass and the scores.
    public Encoding.LowResult low(Picture picture) {
        writePixels(picture.pixels());
        if (setup.prompted()) {
            write(low, EncodeGraphs.PROMPT, given(picture.prompt(), "prompt"));
        }
        if (setup.boxed()) {
            write(low, EncodeGraphs.BOXES, given(picture.boxes(), "box map"));
        }
        low.session().run();
        List<double[]> prior = all(low, EncodeGraphs.PRIOR), posterior = all(low, EncodeGraphs.POSTERIOR);
        double[] coverage = setup.boxed() ? low.result(EncodeGraphs.COVERAGE) : null;
        ScoreRule rule = Ps3.scoreRule(setup.model(), grids);
        List<double[]> scores = switch (setup.strategy()) {
            case RANDOM -> rule.random(scale -> PatchSelection.mix(setup.seed(), pictures, scale));
            case BOTTOM_UP -> rule.scores(prior, coverage);
            case TOP_DOWN -> rule.scores(posterior, coverage);
            case GROUND_TRUTH -> rule.scores(posterior.isEmpty() ? prior : posterior, coverage);
        };
        pictures++;
        return new Encoding.LowResult(
                rule.side(),
                grids,
                prior,
                posterior,
                scores,
                low.result(EncodeGraphs.POOLED),
                all(low, EncodeGraphs.HIDDEN));
    }

    private static double[] given(double @Nullable [] data, String what) {
        if (data == null) {
            throw new IllegalArgumentException("this encoder needs a " + what + " with every picture");
        }
        return data;
    }

    /// The patches of each round, by the model's budgets.
    public List<List<int[]>> choose(Encoding.LowResult found, LookRequest request) {
        return choose(found, Ps3.rounds(setup.model(), grids), request);
    }

    /// The patches of each round.
    public List<List<int[]>> choose(Encoding.LowResult found, Rounds rounds, LookRequest request) {
        boolean random = setup.model().ps3().select().ties() == ModelSpec.Ties.RANDOM;
        TieBreak ties = random ? TieBreak.random(setup.seed(), pictures - 1, 0) : TieBreak.lowestIndex();
        Ranking ranking = new Ranking(found.scores(), ties);
        return rounds.plan(request).stream().map(ranking::next).toList();
    }

    /// Low pass, choice and all rounds.
    public Encoding encode(Picture picture, LookRequest request, Progress progress) {
        Encoding.LowResult found = low(picture);
        return high(found, choose(found, request), progress);
    }

    /// Encodes the chosen patches of the picture that [#low] saw last, round by round, and puts them in order.
    public Encoding high(Encoding.LowResult found, List<List<int[]>> rounds, Progress progress) {
        Assembly assembly = new Assembly(found, rounds, setup.model().vision().width());
        List<double[]> pooled = new ArrayList<>();
        for (int r = 0; r < rounds.size(); r++) {
            progress.starting(r, rounds.size());
            Compiled program = run(rounds.get(r));
            List<double[]> hidden = all(program, EncodeGraphs.HIDDEN);
            for (int l = 0; l < hidden.size(); l++) {
                assembly.place(l, rounds.get(r), hidden.get(l));
            }
            pooled.add(program.result(EncodeGraphs.POOLED));
        }
        return new Encoding(found, rounds, assembly.selected(), assembly.hidden(), pooled);
    }

    /// Floating-point operations of the low pass and of the latest round, by the rule of
    /// [dev.fovea.runtime.ir.Op#flops].
    public long flops() {
        return low.report().flops() + (round == null ? 0 : round.report().flops());
    }

    /// Tokens (K,D) of the latest round before the first block.
    ///
    /// @throws IllegalStateException if there was no round yet
    public double[] tokens() {
        if (round == null) {
            throw new IllegalStateException("no round was encoded yet");
        }
        return round.result(EncodeGraphs.TOKENS);
    }

    /// Runs one round and leaves its values to be read.
    private Compiled run(List<int[]> chosen) {
        List<Integer> counts = chosen.stream().map(c -> c.length).toList();
        Compiled program = round(counts);
        low.session().copy(low.input(EncodeGraphs.PIXELS), program.session(), program.input(EncodeGraphs.PIXELS));
        for (int l = 0;
                l < setup.model().vision().depth() && setup.model().ps3().lowResKvCache();
                l++) {
            String cache = EncodeGraphs.CACHE + l;
            low.session().copy(low.graph().result(cache), program.session(), program.input(cache));
        }
        for (int i = 0; i < chosen.size(); i++) {
            if (counts.get(i) > 0) {
                double[] at = Arrays.stream(chosen.get(i)).asDoubleStream().toArray();
                program.session().write(program.input(EncodeGraphs.INDICES + i), at);
            }
        }
        program.session().run();
        return program;
    }

    /// The program of rounds with these numbers of patches; only the latest is kept.
    private Compiled round(List<Integer> counts) {
        if (round != null && roundCounts.equals(counts)) {
            return round;
        }
        if (round != null) {
            round.close();
        }
        Compiled made = compiled(Planned.of(graphs.round(counts)));
        round = made;
        roundCounts = counts;
        return made;
    }

    private void writePixels(float[] pixels) {
        Value value = low.input(EncodeGraphs.PIXELS);
        if (value.shape().elements() != pixels.length) {
            throw new IllegalArgumentException(
                    "a picture has " + pixels.length + " numbers, expected " + value.shape());
        }
        low.session().write(value, MemorySegment.ofArray(pixels));
    }

    private static void write(Compiled program, String input, double[] data) {
        Value value = program.input(input);
        if (value.shape().elements() != data.length) {
            throw new IllegalArgumentException(input + " has " + data.length + " numbers, expected " + value.shape());
        }
        program.session().write(value, data);
    }

    /// All results whose names are the prefix and a number, in order.
    private static List<double[]> all(Compiled program, String prefix) {
        List<double[]> values = new ArrayList<>();
        for (int i = 0; program.graph().results().containsKey(prefix + i); i++) {
            values.add(program.result(prefix + i));
        }
        return values;
    }

    @Override
    public void close() {
        if (round != null) {
            round.close();
        }
        low.close();
    }
}
