package dev.fovea.runtime.model;

import dev.fovea.dsl.spec.LossSpec;
import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.runtime.exec.HostFunction;
import dev.fovea.runtime.ir.DType;
import dev.fovea.runtime.ir.GraphBuilder;
import dev.fovea.runtime.ir.HostCall;
import dev.fovea.runtime.ir.ImageOp;
import dev.fovea.runtime.ir.PointwiseOp;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.ir.TokenOp;
import dev.fovea.runtime.ir.Value;
import dev.fovea.runtime.select.Budgets;
import dev.fovea.runtime.select.LookRequest;
import dev.fovea.runtime.select.PatchSelection;
import dev.fovea.runtime.select.Rounds;
import dev.fovea.runtime.select.ScaleGrid;
import dev.fovea.runtime.select.ScoreRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One look of PS3: low pass, selection maps, the host's choice, high pass, pooling (ps3-spec 1.3-1.10, 2.3).
///
/// Legend: B batch, H x W picture, g side of the low grid, D width, K_i patches selected at high scale i.
public final class Ps3 {
    /// Name of the host call that selects patches.
    public static final String SELECT = "select";

    private final ModelSpec spec;
    private final GraphBuilder b;
    private final Parameters p;
    private final VisionTower tower;

    /// A model that appends to `b`.
    public Ps3(GraphBuilder b, Parameters p, ModelSpec spec) {
        this.spec = spec;
        this.b = b;
        this.p = p;
        this.tower = new VisionTower(b, p, spec);
    }

    /// What one look reads.
    ///
    /// @param pixels (B,3,H,W), normalised
    /// @param prompt top-down prompt (B or B,1 rows, D), or none
    /// @param step () the training step, for random selection
    /// @param boxMap (B,H,W), positive inside the box, or none
    /// @param global (B) not 0 where the text tells of the whole picture, or none
    public record Inputs(
            Value pixels,
            @Nullable Value prompt,
            Value step,
            @Nullable Value boxMap,
            @Nullable Value global) {}

    /// Choices about one look.
    ///
    /// @param strategy the map that ranks patches
    /// @param selectWith whether the box overrides the map
    /// @param poolTokens which high-resolution tokens are pooled
    public record Options(
            ModelSpec.Strategy strategy, LossSpec.SelectWith selectWith, LossSpec.PoolTokens poolTokens) {}

    /// What one look leaves.
    ///
    /// @param priorMaps bottom-up probabilities (B,g*g): one for all high scales, or one for each
    /// @param posteriorMaps top-down probabilities likewise; empty without a prompt
    /// @param coverage share of each patch inside the box (B,cells_i), for each high scale; empty without a box
    ///     map
    /// @param indices I32 (B,K_i), null where K_i is 0
    /// @param scores what patches were chosen by (B,cells_i)
    /// @param poolMask coverage of the selected patches (B,sum K_i), or null where all are pooled
    /// @param lowPooled (B,D)
    /// @param highPooled (B,D)
    /// @param pooled (B,D): the low one for rows of global text, else the high one
    public record Look(
            VisionTower.LowPass low,
            List<Value> priorMaps,
            List<Value> posteriorMaps,
            List<ScaleGrid> grids,
            List<Value> coverage,
            List<@Nullable Value> indices,
            List<Value> scores,
            @Nullable Value poolMask,
            Value lowNormed,
            Value lowPooled,
            Value highPooled,
            Value pooled) {
        /// The bottom-up map of the first high scale (B,g*g).
        public Value priorMap() {
            return priorMaps.getFirst();
        }

        /// The top-down map of the first high scale (B,g*g), or null without a prompt.
        public @Nullable Value posteriorMap() {
            return posteriorMaps.isEmpty() ? null : posteriorMaps.getFirst();
        }
    }

    /// Grids of the high scales for pictures of this size.
    public static List<ScaleGrid> grids(ModelSpec spec, int height, int width) {
        return ScaleGrid.of(spec.ps3().scales(), spec.vision().patch(), height, width);
    }

    /// Tokens of each high scale in a full round.
    public static List<Integer> budgets(ModelSpec spec) {
        ModelSpec.Select select = spec.ps3().select();
        List<Integer> high = spec.ps3().scales().subList(1, spec.ps3().scales().size());
        return select.perScale() == null ? Budgets.proportional(select.maxTokens(), high) : select.perScale();
    }

    /// How many patches each round selects.
    public static Rounds rounds(ModelSpec spec, List<ScaleGrid> grids) {
        ModelSpec.Select select = spec.ps3().select();
        int allowed = select.firstScales() == 0 ? grids.size() : select.firstScales();
        List<Integer> cells = grids.stream().map(ScaleGrid::cells).toList();
        return new Rounds(budgets(spec), cells, allowed, allowed, select.budgets());
    }

    /// Patches selected at each high scale in one look.
    public static List<Integer> counts(ModelSpec spec, List<ScaleGrid> grids) {
        return rounds(spec, grids).plan(new LookRequest.Looks(1)).getFirst();
    }

    /// From maps on the low-resolution grid to the scores patches are ranked by.
    public static ScoreRule scoreRule(ModelSpec spec, List<ScaleGrid> grids) {
        int side = spec.ps3().scales().getFirst() / spec.vision().patch();
        return new ScoreRule(side, grids, spec.ps3().select().smooth());
    }

    /// Bodies of the host calls of a program with one look.
    public static Map<String, HostFunction> hostFunctions(
            ModelSpec spec, ModelSpec.Strategy strategy, int height, int width, long seed) {
        List<ScaleGrid> grids = grids(spec, height, width);
        ModelSpec.Select select = spec.ps3().select();
        int maps = select.scoreMaps() == ModelSpec.ScoreMaps.SHARED ? 1 : grids.size();
        boolean random = strategy == ModelSpec.Strategy.RANDOM;
        boolean randomTies = select.ties() == ModelSpec.Ties.RANDOM;
        return Map.of(
                SELECT,
                new PatchSelection(scoreRule(spec, grids), maps, counts(spec, grids), random, randomTies, seed));
    }

    /// Appends one look.
    public Look look(Inputs in, Options options) {
        List<ScaleGrid> grids =
                grids(spec, in.pixels().shape().dim(2), in.pixels().shape().dim(3));
        VisionTower.LowPass low = tower.low(in.pixels());
        SelectionHead head = new SelectionHead(b, p, spec, in.pixels(), low.hidden());
        List<Value> prior = head.probabilities(head.priorPrompt());
        List<Value> posterior = in.prompt() == null ? List.of() : head.probabilities(in.prompt());
        List<Value> coverage = coverage(in.boxMap(), grids);
        List<Value> selected = select(in, options, grids, prior, posterior, coverage);
        List<@Nullable Value> indices = indices(selected, counts(spec, grids));
        Value high = tower.high(tower.tokens(in.pixels(), grids, indices), low.packed())
                .getLast();
        Value mask = options.poolTokens() == LossSpec.PoolTokens.INSIDE_BOX && in.boxMap() != null
                ? poolMask(coverage, indices)
                : null;
        Value lowNormed = tower.finalNorm(low.hidden().getLast());
        Value lowPooled = tower.pool(lowNormed, null);
        Value highPooled = tower.pool(tower.finalNorm(high), mask);
        Value pooled =
                in.global() == null ? highPooled : b.add(new PointwiseOp.WhereRows(in.global(), lowPooled, highPooled));
        return new Look(
                low,
                prior,
                posterior,
                grids,
                coverage,
                indices,
                selected.subList(grids.size(), 2 * grids.size()),
                mask,
                lowNormed,
                lowPooled,
                highPooled,
                pooled);
    }

    private List<Value> coverage(@Nullable Value boxMap, List<ScaleGrid> grids) {
        if (boxMap == null) {
            return List.of();
        }
        return grids.stream()
                .map(g -> b.add(new ImageOp.AreaResize(boxMap, g.rows(), g.columns())))
                .toList();
    }

    /// The host call: indices of every scale, then the scores of every scale.
    private List<Value> select(
            Inputs in,
            Options options,
            List<ScaleGrid> grids,
            List<Value> prior,
            List<Value> posterior,
            List<Value> coverage) {
        boolean topDown = options.strategy() == ModelSpec.Strategy.TOP_DOWN && !posterior.isEmpty();
        boolean truth = options.selectWith() == LossSpec.SelectWith.GROUND_TRUTH
                || options.strategy() == ModelSpec.Strategy.GROUND_TRUTH;
        List<Value> reads = new ArrayList<>(topDown ? posterior : prior);
        reads.add(in.step());
        if (truth && !coverage.isEmpty()) {
            reads.add(coverage.getFirst());
        }
        int batch = in.pixels().shape().dim(0);
        List<HostCall.Output> outputs = new ArrayList<>();
        for (int count : counts(spec, grids)) {
            outputs.add(new HostCall.Output(DType.I32, Shape.of(batch, Math.max(count, 1))));
        }
        for (ScaleGrid g : grids) {
            outputs.add(new HostCall.Output(DType.F32, Shape.of(batch, g.cells())));
        }
        return b.addAll(new HostCall(SELECT, reads, outputs));
    }

    private static List<@Nullable Value> indices(List<Value> selected, List<Integer> counts) {
        List<@Nullable Value> indices = new ArrayList<>();
        for (int i = 0; i < counts.size(); i++) {
            indices.add(counts.get(i) == 0 ? null : selected.get(i));
        }
        return indices;
    }

    private Value poolMask(List<Value> coverage, List<@Nullable Value> indices) {
        List<Value> parts = new ArrayList<>();
        for (int i = 0; i < indices.size(); i++) {
            Value at = indices.get(i);
            if (at != null) {
                parts.add(b.add(new ImageOp.GatherCells(coverage.get(i), at)));
            }
        }
        return b.add(new TokenOp.Concat(parts, 1));
    }
}
