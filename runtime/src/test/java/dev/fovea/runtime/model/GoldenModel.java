package dev.fovea.runtime.model;

import dev.fovea.dsl.spec.LossSpec;
import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.exec.HostFunction;
import dev.fovea.runtime.exec.Session;
import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.golden.GoldenCase;
import dev.fovea.runtime.ir.Graph;
import dev.fovea.runtime.plan.MemoryPlan;
import dev.fovea.runtime.plan.MemoryPlanner;
import dev.fovea.runtime.plan.PlanVerifier;
import dev.fovea.runtime.plan.Program;
import dev.fovea.runtime.plan.Segmenter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// Turns a recorded case into a spec and a session.
public final class GoldenModel {
    private GoldenModel() {}

    /// The spec of a case's model, with the selection strategy given.
    public static ModelSpec spec(GoldenCase c, ModelSpec.Strategy strategy) {
        JsonNode v = c.modelConfig().get("vision"), t = c.modelConfig().get("text"), vit = v.get("vit");
        int width = vit.get("embed_dim").asInt(), textWidth = t.get("width").asInt();
        ModelSpec.HighresFeature aux = v.get("highres_selection_feature").asBoolean()
                ? new ModelSpec.HighresFeature(
                        1512,
                        v.get("highres_selection_module_hidden_dim").asInt(),
                        v.get("highres_selection_module_out_dim").asInt(),
                        v.get("highres_selection_module_depth").asInt(),
                        v.get("highres_selection_module_kernel_size").asInt(),
                        "mean")
                : null;
        ModelSpec.Select select = new ModelSpec.Select(
                strategy,
                ints(v.get("select_based_on_layer")),
                v.get("max_select_num").asInt(),
                null,
                aux,
                ModelSpec.Smooth.NONE,
                5,
                ModelSpec.ScoreMaps.SHARED,
                0,
                ModelSpec.Budgets.EXACT,
                ModelSpec.Ties.LOWEST_INDEX);
        return new ModelSpec(
                new ModelSpec.Vision(
                        "vit",
                        width,
                        vit.get("depth").asInt(),
                        vit.get("num_heads").asInt(),
                        (int) (width * vit.get("mlp_ratio").asDouble()),
                        vit.get("patch_size").asInt(),
                        "map",
                        ModelSpec.Positions.RESAMPLE,
                        0,
                        true,
                        null),
                new ModelSpec.Ps3(
                        ints(v.get("ps3_scales")),
                        select,
                        true,
                        v.get("separate_pos_emb").asBoolean(),
                        false),
                new ModelSpec.Text(
                        "transformer",
                        textWidth,
                        t.get("layers").asInt(),
                        t.get("heads").asInt(),
                        (int) (textWidth * t.get("mlp_ratio").asDouble()),
                        t.get("context_length").asInt(),
                        t.get("vocab_size").asInt(),
                        "last",
                        ModelSpec.Gelu.ERF,
                        false));
    }

    /// The loss of the reference's pre-training.
    public static LossSpec loss(boolean truth, boolean poolInside) {
        return new LossSpec(
                new LossSpec.Contrast("siglip", 1, 10, -10),
                poolInside ? LossSpec.PoolTokens.INSIDE_BOX : LossSpec.PoolTokens.ALL,
                truth ? LossSpec.SelectWith.GROUND_TRUTH : LossSpec.SelectWith.STRATEGY,
                new LossSpec.Box(1, 1, "bce"));
    }

    private static List<Integer> ints(JsonNode list) {
        List<Integer> values = new ArrayList<>();
        list.forEach(n -> values.add(n.asInt()));
        return values;
    }

    /// A planned, verified and compiled graph.
    public static Session session(Backend backend, Graph graph, Map<String, HostFunction> functions, Store store) {
        Program program = Segmenter.split(graph);
        MemoryPlan plan = MemoryPlanner.plan(program);
        PlanVerifier.verify(program, plan);
        return backend.compile(program, plan, functions, store);
    }

    /// Writes the case's weights into a store that a session has filled with names.
    public static void load(GoldenCase c, Store store) {
        try (Arena arena = Arena.ofConfined()) {
            for (String name : store.names()) {
                if (!name.startsWith("optim.")) {
                    MemorySegment data = arena.allocateFrom(
                            ValueLayout.JAVA_FLOAT, c.weight(name).data());
                    store.write(name, data);
                }
            }
        }
    }

    /// A tensor of the store.
    public static double[] read(Store store, String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocate(4L * store.elements(name), 64);
            store.read(name, data);
            double[] values = new double[store.elements(name)];
            Arrays.setAll(values, i -> data.getAtIndex(ValueLayout.JAVA_FLOAT, i));
            return values;
        }
    }
}
