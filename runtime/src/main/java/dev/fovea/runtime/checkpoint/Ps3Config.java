package dev.fovea.runtime.checkpoint;

import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.dsl.spec.ModelSpec.Adapter;
import dev.fovea.dsl.spec.ModelSpec.Budgets;
import dev.fovea.dsl.spec.ModelSpec.Gelu;
import dev.fovea.dsl.spec.ModelSpec.HighresFeature;
import dev.fovea.dsl.spec.ModelSpec.Positions;
import dev.fovea.dsl.spec.ModelSpec.Ps3;
import dev.fovea.dsl.spec.ModelSpec.ScoreMaps;
import dev.fovea.dsl.spec.ModelSpec.Select;
import dev.fovea.dsl.spec.ModelSpec.Smooth;
import dev.fovea.dsl.spec.ModelSpec.Strategy;
import dev.fovea.dsl.spec.ModelSpec.Text;
import dev.fovea.dsl.spec.ModelSpec.Ties;
import dev.fovea.dsl.spec.ModelSpec.Vision;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Between a spec's model and the configuration files of PS3's Hugging Face layout, in both directions (ps3-spec
/// 1.13; defaults of keys left out are those of the reference's configuration classes).
///
/// The only class that knows both sides: a new component of [ModelSpec] needs a line in its reader and in its
/// writer.
final class Ps3Config {
    private static final String VISION_ONLY = "ps3_vision_model";
    private static final int HEAD_RESOLUTION = 1512;
    private static final double TEMPERATURE = 5;
    /// Hidden width of the pooling behind the adapter of C-RADIO models.
    private static final int RADIO_POOL_MLP = 4304;

    private Ps3Config() {}

    /// The configuration of a folder.
    ///
    /// @param config of `config.json`
    /// @param preprocessor of `preprocessor_config.json`, or null where there is none
    /// @throws dev.fovea.dsl.run.StoreException if a value is missing, wrong, or asks for what is not built
    static ModelConfig read(JsonFields config, @Nullable JsonFields preprocessor) {
        boolean whole = config.has("vision_config");
        JsonFields v = whole ? config.object("vision_config") : config;
        JsonFields own = config.object("fovea");
        Vision vision = vision(v);
        Ps3 ps3 = ps3(v, own, vision.depth());
        Text text = whole && !config.text("model_type", "ps3").equals(VISION_ONLY)
                ? text(config.object("text_config"), vision)
                : null;
        int size = ps3.scales().getLast();
        return new ModelConfig(
                vision,
                ps3,
                text,
                preprocessor == null ? Preprocessing.of(size, 0.5, 0.5) : preprocessing(preprocessor, size));
    }

    private static Vision vision(JsonFields v) {
        String pool = v.text("pool", "avg");
        if (!pool.equals("map")) {
            throw v.problem("pool", "'" + pool + "' is not built; map is");
        }
        int width = v.whole("hidden_size", 1152);
        if (v.has("vit")) {
            JsonFields vit = v.object("vit");
            double ratio = vit.real("mlp_ratio", 4);
            if (vit.whole("embed_dim", width) != width) {
                throw vit.problem("embed_dim", "is not hidden_size " + width);
            }
            int patch = vit.whole("patch_size", 14);
            return tower(v, width, vit.whole("depth"), vit.whole("num_heads"), (int) (width * ratio), patch);
        }
        String name = v.text("model_name", "");
        VitName known = VitName.parse(name)
                .orElseThrow(() -> v.problem(
                        "model_name",
                        "'" + name + "' is not known; known are vit_{base,large,so400m}_patchP_siglip_SIZE, and others"
                                + " need vit: {depth, num_heads, mlp_ratio, patch_size}"));
        VitName.Family f = known.family();
        if (f.width() != width) {
            throw v.problem("hidden_size", width + ", but " + name + " has " + f.width());
        }
        return tower(v, width, f.depth(), f.heads(), f.mlp(), known.patch());
    }

    /// SigLIP's tower, or C-RADIO's (ps3-spec 1.11).
    private static Vision tower(JsonFields v, int width, int depth, int heads, int mlp, int patch) {
        if (!v.flag("radio", false)) {
            return new Vision("vit", width, depth, heads, mlp, patch, "map");
        }
        String name = "radio_adapter_mlp_";
        Adapter adapter = new Adapter(
                v.whole(name + "hidden_dim", 1520),
                v.whole(name + "num_inner", 3),
                v.whole(name + "output_dim", 1152),
                RADIO_POOL_MLP);
        int side = v.whole("img_size", 4096) / patch;
        return new Vision("vit", width, depth, heads, mlp, patch, "map", Positions.CROP, side, false, adapter);
    }

    private static Ps3 ps3(JsonFields v, JsonFields own, int depth) {
        List<Integer> scales = v.wholes("ps3_scales");
        if (scales == null) {
            scales = List.of(378, 756, 1512);
        }
        if (scales.size() < 2) {
            throw v.problem("ps3_scales", scales + " needs a low scale and at least one high scale");
        }
        List<Integer> layers = v.wholes("select_based_on_layer");
        layers = layers == null ? List.of(0, 9, 18, 26) : layers;
        for (int layer : layers) {
            if (layer >= depth) {
                throw v.problem("select_based_on_layer", "there is no block " + layer + " of " + depth);
            }
        }
        List<Integer> shares = v.wholes("max_select_num_each_scale");
        if (shares != null && shares.size() != scales.size() - 1) {
            throw v.problem("max_select_num_each_scale", shares + " does not fit the high scales of " + scales);
        }
        Select select = new Select(
                constant(Strategy.class, own, "strategy", Strategy.TOP_DOWN),
                layers,
                v.whole("max_select_num", 1280),
                shares,
                v.flag("highres_selection_feature", true) ? feature(v, own) : null,
                constant(Smooth.class, own, "smooth", Smooth.NONE),
                own.real("temperature", TEMPERATURE),
                constant(ScoreMaps.class, own, "score_maps", ScoreMaps.SHARED),
                own.whole("first_scales", 0),
                constant(Budgets.class, own, "budgets", Budgets.EXACT),
                constant(Ties.class, own, "ties", Ties.LOWEST_INDEX));
        return new Ps3(
                scales,
                select,
                own.flag("low_res_kv_cache", true),
                v.flag("separate_pos_emb", true),
                own.flag("resize_antialias", false));
    }

    private static <E extends Enum<E>> E constant(Class<E> type, JsonFields own, String key, E fallback) {
        String word = own.text(key, word(fallback));
        for (E each : type.getEnumConstants()) {
            if (word(each).equals(word)) {
                return each;
            }
        }
        throw own.problem(key, "'" + word + "' is not known");
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static HighresFeature feature(JsonFields v, JsonFields own) {
        String name = "highres_selection_module_";
        return new HighresFeature(
                own.whole("highres_resolution", HEAD_RESOLUTION),
                v.whole(name + "hidden_dim", 512),
                v.whole(name + "out_dim", 512),
                v.whole(name + "depth", 3),
                v.whole(name + "kernel_size", 28),
                "mean");
    }

    private static Text text(JsonFields t, Vision vision) {
        require(t, "embed_cls", t.flag("embed_cls", false), false);
        require(t, "output_dim", t.whole("output_dim", 1152), vision.sharedWidth());
        require(t, "prompt_proj_dim", t.whole("prompt_proj_dim", 1152), vision.width());
        if (t.has("ls_init_value")) {
            throw t.problem("ls_init_value", "layer scale in the text tower is not built");
        }
        int width = t.whole("width", 512);
        String approximate = t.object("act_kwargs").text("approximate", "none");
        return new Text(
                "transformer",
                width,
                t.whole("layers", 12),
                t.whole("heads", 8),
                (int) (width * t.real("mlp_ratio", 4)),
                t.whole("context_length", 77),
                t.whole("vocab_size", 49408),
                t.text("pool_type", "argmax"),
                approximate.equals("tanh") ? Gelu.TANH : Gelu.ERF,
                !t.flag("no_causal_mask", false),
                t.object("norm_kwargs").real("eps", 1e-5),
                t.flag("proj_bias", false));
    }

    private static void require(JsonFields t, String key, Object found, Object built) {
        if (!found.equals(built)) {
            throw t.problem(key, "'" + found + "' is not built for this model; " + built + " is");
        }
    }

    private static Preprocessing preprocessing(JsonFields p, int size) {
        List<Integer> sides = p.node().path("image_size").isArray()
                ? p.wholes("image_size")
                : List.of(p.whole("image_size", size), p.whole("image_size", size));
        if (sides == null || sides.size() != 2 || !sides.get(0).equals(sides.get(1)) || sides.get(0) != size) {
            throw p.problem("image_size", sides + " is not the largest scale, [" + size + ", " + size + "]");
        }
        return new Preprocessing(
                size,
                p.channels("mean", 0.5),
                p.channels("std", 0.5),
                p.text("interpolation", "bicubic"),
                p.text("resize_mode", "squash"));
    }

    /// `config.json` of a model.
    ///
    /// @param dtype of the weights, as PyTorch names it
    static ObjectNode config(ModelConfig c, String dtype) {
        ObjectNode root = JsonMapper.shared().createObjectNode();
        Text text = c.text();
        ObjectNode vision = text == null ? root : JsonMapper.shared().createObjectNode();
        root.putArray("architectures").add(text == null ? "PS3VisionModel" : "PS3Model");
        root.put("model_type", text == null ? VISION_ONLY : "ps3");
        writeVision(c, vision);
        if (text != null) {
            writeText(text, c.vision(), root.putObject("text_config"));
            root.set("vision_config", vision.put("model_type", VISION_ONLY));
        }
        ObjectNode own = own(c);
        if (!own.isEmpty()) {
            root.set("fovea", own);
        }
        root.put("torch_dtype", dtype);
        return root;
    }

    private static void writeVision(ModelConfig c, ObjectNode node) {
        Vision v = c.vision();
        Ps3 ps3 = c.ps3();
        Select select = ps3.select();
        node.put("model_name", name(c)).put("hidden_size", v.width()).put("pool", v.pool());
        list(node.putArray("ps3_scales"), ps3.scales());
        list(node.putArray("select_based_on_layer"), select.fromLayers());
        node.put("min_select_num", 1).put("max_select_num", select.maxTokens());
        List<Integer> shares = select.perScale();
        if (shares == null) {
            node.putNull("max_select_num_each_scale");
        } else {
            list(node.putArray("max_select_num_each_scale"), shares);
        }
        HighresFeature h = select.highresFeature();
        node.put("separate_pos_emb", ps3.separatePosEmb()).put("highres_selection_feature", h != null);
        if (h != null) {
            String name = "highres_selection_module_";
            node.put(name + "hidden_dim", h.hidden()).put(name + "out_dim", h.out());
            node.put(name + "depth", h.depth()).put(name + "kernel_size", h.kernel());
        }
        node.put("dynamic_img_size", true).put("pretrained", false).put("radio", v.adapter() != null);
        Adapter adapter = v.adapter();
        if (adapter != null) {
            String name = "radio_adapter_mlp_";
            node.put("img_size", v.positionSide() * v.patch()).put(name + "input_dim", v.width());
            node.put(name + "hidden_dim", adapter.hidden()).put(name + "output_dim", adapter.out());
            node.put(name + "num_inner", adapter.units());
        }
        if (standardName(c) == null) {
            ObjectNode vit = node.putObject("vit");
            vit.put("img_size", ps3.scales().getFirst()).put("patch_size", v.patch());
            vit.put("embed_dim", v.width()).put("depth", v.depth()).put("num_heads", v.heads());
            vit.put("mlp_ratio", ratio(v.mlp(), v.width()));
        }
    }

    private static @Nullable String standardName(ModelConfig c) {
        Text text = c.text();
        Gelu gelu = text == null ? Gelu.ERF : text.gelu();
        return VitName.of(c.vision(), c.ps3().scales().getFirst(), gelu).orElse(null);
    }

    /// The vision tower's name; one of our own where timm has none.
    private static String name(ModelConfig c) {
        String known = standardName(c);
        Vision v = c.vision();
        return known == null
                ? "vit_fovea_w%d_d%d_h%d_patch%d".formatted(v.width(), v.depth(), v.heads(), v.patch())
                : known;
    }

    private static void writeText(Text t, Vision vision, ObjectNode node) {
        node.put("model_type", "ps3_text_model");
        node.put("width", t.width()).put("layers", t.depth()).put("heads", t.heads());
        node.put("mlp_ratio", ratio(t.mlp(), t.width()));
        node.put("context_length", t.context()).put("vocab_size", t.vocab());
        node.put("output_dim", vision.sharedWidth()).put("prompt_proj_dim", vision.width());
        node.put("proj_bias", t.projBias()).put("pool_type", t.pool()).put("no_causal_mask", !t.causal());
        node.putObject("norm_kwargs").put("eps", t.normEps());
        ObjectNode activation = node.putObject("act_kwargs");
        if (t.gelu() == Gelu.TANH) {
            activation.put("approximate", "tanh");
        }
    }

    /// What the reference does not know and this model has otherwise than the reference.
    private static ObjectNode own(ModelConfig c) {
        ObjectNode node = JsonMapper.shared().createObjectNode();
        Select select = c.ps3().select();
        HighresFeature h = select.highresFeature();
        put(node, "strategy", select.strategy(), Strategy.TOP_DOWN);
        put(node, "smooth", select.smooth(), Smooth.NONE);
        put(node, "score_maps", select.scoreMaps(), ScoreMaps.SHARED);
        put(node, "budgets", select.budgets(), Budgets.EXACT);
        put(node, "ties", select.ties(), Ties.LOWEST_INDEX);
        if (select.temperature() != TEMPERATURE) {
            node.put("temperature", select.temperature());
        }
        if (select.firstScales() != 0) {
            node.put("first_scales", select.firstScales());
        }
        if (c.ps3().resizeAntialias()) {
            node.put("resize_antialias", true);
        }
        if (!c.ps3().lowResKvCache()) {
            node.put("low_res_kv_cache", false);
        }
        if (h != null && h.resolution() != HEAD_RESOLUTION) {
            node.put("highres_resolution", h.resolution());
        }
        return node;
    }

    private static <E extends Enum<E>> void put(ObjectNode node, String key, E value, E fallback) {
        if (value != fallback) {
            node.put(key, word(value));
        }
    }

    /// What of a model the reference implementation would compute otherwise or cannot build; for people.
    static List<String> foreignToReference(ModelConfig c) {
        List<String> notes = new ArrayList<>();
        if (standardName(c) == null) {
            notes.add("model_name " + name(c) + " is not one that timm defines: the reference has to register it, with"
                    + " the sizes in vision_config.vit");
        }
        own(c).properties()
                .forEach(entry -> notes.add(
                        "the reference has no " + entry.getKey() + " and ignores the value " + entry.getValue()));
        return notes;
    }

    /// `preprocessor_config.json` of a model.
    static ObjectNode preprocessor(Preprocessing p) {
        ObjectNode node = JsonMapper.shared().createObjectNode();
        node.put("image_processor_type", "PS3ImageProcessor");
        node.putArray("image_size").add(p.size()).add(p.size());
        ArrayNode mean = node.putArray("mean"), std = node.putArray("std");
        p.mean().forEach(mean::add);
        p.std().forEach(std::add);
        return node.put("interpolation", p.interpolation()).put("resize_mode", p.resizeMode());
    }

    private static void list(ArrayNode array, List<Integer> values) {
        values.forEach(array::add);
    }

    /// The ratio that gives `hidden` back when the reference multiplies by the width and cuts: at four decimals
    /// where that does, as in the released 3.7362.
    static double ratio(int hidden, int width) {
        double rounded = Math.ceil(1e4 * hidden / width) / 1e4;
        if ((int) (width * rounded) == hidden) {
            return rounded;
        }
        double exact = (double) hidden / width;
        return (int) (width * exact) == hidden ? exact : Math.nextUp(exact);
    }

    /// The same model with tokens at every high scale, so that each has its position residual.
    static ModelSpec withEveryScaleUsed(ModelSpec m) {
        int high = m.ps3().scales().size() - 1;
        Select each = m.ps3().select().withFirstScales(0);
        return m.with(each.withBudgets(high, Collections.nCopies(high, 1), Budgets.EXACT));
    }
}
