package dev.fovea.runtime.parity;

import dev.fovea.dsl.spec.LossSpec;
import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.ir.NormOp;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.ir.Value;
import dev.fovea.runtime.model.Ps3;
import dev.fovea.runtime.select.ScaleGrid;
import dev.fovea.runtime.select.Scores;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One look as pre-training takes it (ps3-spec 2.3): maps, choice, pooling, and the switch for global texts.
final class PreTrainingLookCheck implements CaseCheck {
    @Override
    public String kind() {
        return "pre-training look";
    }

    @Override
    public boolean matches(GoldenCase c) {
        String call = c.call();
        return call.contains("encode_image(")
                && call.contains("pool_gt_token_only")
                && !call.contains("num_look_close")
                && !call.contains("num_token_look_close");
    }

    @Override
    public void run(GoldenCase c, Backend backend, Findings out) {
        ParityGraph g = new ParityGraph(c);
        Value pixels = g.in("pixel_values");
        @Nullable Value prompt = optional(g, c, "prompt"), boxes = optional(g, c, "gt_selection_maps");
        @Nullable Value global = optional(g, c, "is_global_text");
        Value step = g.given("step", Shape.of(), 0);
        ModelSpec.Strategy strategy = prompt == null ? ModelSpec.Strategy.BOTTOM_UP : ModelSpec.Strategy.TOP_DOWN;
        ModelSpec spec = ParityModel.spec(c, strategy);
        LossSpec loss = ParityModel.loss(
                boxes != null, c.params().path("pool_gt_token_only").asBoolean(false));
        Ps3.Look look = new Ps3(g.builder(), g.parameters(), spec)
                .look(
                        new Ps3.Inputs(pixels, prompt, step, boxes, global),
                        new Ps3.Options(strategy, loss.selectWith(), loss.poolTokens()));
        Value unit = g.builder().add(new NormOp.Normalize(look.pooled(), 1e-12));
        int height = pixels.shape().dim(2), width = pixels.shape().dim(3);
        Map<Value, double[]> found = g.run(
                backend,
                Ps3.hostFunctions(spec, strategy, height, width, 0),
                ParityGraph.weights(c),
                watched(look, unit));
        compare(spec, look, unit, found, out);
    }

    private static @Nullable Value optional(ParityGraph g, GoldenCase c, String name) {
        return c.hasInput(name) ? g.in(name) : null;
    }

    private static List<Value> watched(Ps3.Look look, Value unit) {
        Stream<@Nullable Value> first = Stream.of(
                unit,
                look.pooled(),
                look.lowPooled(),
                look.highPooled(),
                look.priorMap(),
                look.posteriorMap(),
                look.poolMask());
        return Stream.of(first, look.indices().stream(), look.scores().stream())
                .flatMap(x -> x)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
    }

    private static void compare(ModelSpec spec, Ps3.Look look, Value unit, Map<Value, double[]> found, Findings out) {
        int side = spec.ps3().scales().getFirst() / spec.vision().patch();
        Rows rows = Rows.of(out.golden(), look.pooled().shape().dim(0));
        rows.check(out, "pooled_output", Findings.of(look.pooled(), found), rows.poolingDepends());
        rows.check(out, "pooled_normalized", Findings.of(unit, found), rows.poolingDepends());
        rows.check(out, "low_res_pooled", Findings.of(look.lowPooled(), found), rows.none());
        rows.check(out, "high_res_pooled", Findings.of(look.highPooled(), found), rows.arbitrary());
        if (look.poolMask() != null) {
            rows.check(out, "gt_pool_mask", Findings.of(look.poolMask(), found), rows.arbitrary());
        }
        for (int i = 0; i < look.grids().size(); i++) {
            ScaleGrid grid = look.grids().get(i);
            double[] scores = Findings.of(look.scores().get(i), found);
            out.check("selection_probs." + i, scores);
            out.check("bottomup_selection_probs." + i, enlarge(Findings.of(look.priorMap(), found), side, grid));
            if (look.posteriorMap() != null) {
                double[] map = enlarge(Findings.of(look.posteriorMap(), found), side, grid);
                out.check("topdown_selection_probs." + i, map);
            }
            double[] chosen = chosen(look, i, found);
            rows.check(out, "selection_maps." + i, chosen, rows.arbitrary());
            rows.checkArbitraryChoice(out, "selection_maps." + i, chosen, scores);
        }
    }

    /// 0 and 1 for every cell of scale `i`
    private static double[] chosen(Ps3.Look look, int i, Map<Value, double[]> found) {
        int batch = look.pooled().shape().dim(0), cells = look.grids().get(i).cells();
        double[] map = new double[batch * cells];
        Value indices = look.indices().get(i);
        if (indices != null) {
            double[] at = Findings.of(indices, found);
            for (int k = 0; k < at.length; k++) {
                map[k / (at.length / batch) * cells + (int) at[k]] = 1;
            }
        }
        return map;
    }

    /// Maps of the low grid (B,g*g) on the grid of a high scale.
    static double[] enlarge(double[] maps, int side, ScaleGrid grid) {
        int n = side * side;
        return IntStream.range(0, maps.length / n)
                .mapToObj(r -> Scores.nearest(Arrays.copyOfRange(maps, r * n, (r + 1) * n), side, side, grid))
                .flatMapToDouble(Arrays::stream)
                .toArray();
    }

    /// Rows whose choice cuts through ties, which the reference breaks arbitrarily.
    ///
    /// @param arbitrary by row
    /// @param poolingDepends rows whose pooled output depends on an arbitrary choice: not those of global text
    private record Rows(boolean[] arbitrary, boolean[] poolingDepends) {
        static Rows of(GoldenCase c, int batch) {
            boolean[] arbitrary = new boolean[batch];
            c.config()
                    .path("rows_with_arbitrary_selection")
                    .forEach(r -> arbitrary[Objects.checkIndex(r.asInt(), batch)] = true);
            boolean[] depends = arbitrary.clone();
            if (c.hasInput("is_global_text")) {
                double[] global = c.input("is_global_text").data();
                for (int r = 0; r < batch; r++) {
                    depends[r] &= global[r] == 0;
                }
            }
            return new Rows(arbitrary, depends);
        }

        boolean[] none() {
            return new boolean[0];
        }

        void check(Findings out, String name, double[] actual, boolean[] skippedRows) {
            boolean[] skipped = new boolean[skippedRows.length == 0 ? 0 : actual.length];
            for (int i = 0; i < skipped.length; i++) {
                skipped[i] = skippedRows[i / (actual.length / skippedRows.length)];
            }
            out.check(name, actual, skipped);
        }

        /// An arbitrary choice has the recorded count, and no cell is left out that scores above a chosen one.
        void checkArbitraryChoice(Findings out, String name, double[] chosen, double[] scores) {
            int cells = chosen.length / arbitrary.length;
            for (int r = 0; r < arbitrary.length; r++) {
                if (!arbitrary[r] || !out.wants(name)) {
                    continue;
                }
                double[] recorded = out.golden().output(name).data();
                double count = 0, lowest = Double.POSITIVE_INFINITY, left = Double.NEGATIVE_INFINITY;
                for (int i = r * cells; i < (r + 1) * cells; i++) {
                    count += chosen[i] - recorded[i];
                    lowest = chosen[i] != 0 ? Math.min(lowest, scores[i]) : lowest;
                    left = chosen[i] == 0 ? Math.max(left, scores[i]) : left;
                }
                out.measure(name + " (row " + r + ", count)", Math.abs(count), 0, "another number of patches");
                out.measure(
                        name + " (row " + r + ", ties)",
                        Math.max(0, left - lowest),
                        0,
                        "a patch is left out that scores above a selected one");
            }
        }
    }
}
