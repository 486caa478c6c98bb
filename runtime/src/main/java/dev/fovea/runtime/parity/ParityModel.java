package dev.fovea.runtime.parity;

import dev.fovea.dsl.spec.LossSpec;
import dev.fovea.dsl.spec.ModelSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Turns the recorded hyper-parameters of a model into a spec: the one place that knows the names of the
/// reference's config.
public final class ParityModel {
    /// Side of the picture that the convolutional branch sees, whatever the scales (ps3-spec 1.4).
    private static final int HIGHRES = 1512;

    private ParityModel() {}

    /// The spec of a case's model, with the selection strategy given. `params.config_overrides` are applied.
    ///
    /// @throws GoldenException if a hyper-parameter is missing, or asks for something that is not built
    public static ModelSpec spec(GoldenCase c, ModelSpec.Strategy strategy) {
        JsonNode config = c.modelConfig();
        JsonNode v = section(config, "vision"), t = section(config, "text"), vit = section(v, "vit");
        requireBuilt(v, vit);
        int width = number(vit, "embed_dim");
        ModelSpec.Vision vision = new ModelSpec.Vision(
                "vit",
                width,
                number(vit, "depth"),
                number(vit, "num_heads"),
                (int) (width * real(vit, "mlp_ratio")),
                number(vit, "patch_size"),
                "map");
        ModelSpec.Ps3 ps3 = new ModelSpec.Ps3(
                ints(v, "ps3_scales"),
                select(v, c.params().path("config_overrides"), strategy),
                true,
                flag(v, "separate_pos_emb"),
                false);
        return new ModelSpec(vision, ps3, text(t));
    }

    /// Refuses what would otherwise be computed as something else.
    private static void requireBuilt(JsonNode v, JsonNode vit) {
        boolean other = v.path("radio").asBoolean(false)
                || vit.path("class_token").asBoolean(false)
                || !vit.path("qkv_bias").asBoolean(true)
                || vit.path("norm_eps").asDouble(1e-6) != 1e-6
                || !vit.path("act").asString("gelu_erf").equals("gelu_erf");
        if (other) {
            throw new GoldenException("the checker builds vision towers without radio and class_token, with qkv_bias,"
                    + " norm_eps 1e-6 and act gelu_erf; the model's config.json asks for another: " + vit);
        }
    }

    private static ModelSpec.Select select(JsonNode v, JsonNode overrides, ModelSpec.Strategy strategy) {
        ModelSpec.HighresFeature feature = flag(v, "highres_selection_feature")
                ? new ModelSpec.HighresFeature(
                        HIGHRES,
                        number(v, "highres_selection_module_hidden_dim"),
                        number(v, "highres_selection_module_out_dim"),
                        number(v, "highres_selection_module_depth"),
                        number(v, "highres_selection_module_kernel_size"),
                        "mean")
                : null;
        int most = number(overrides.has("max_select_num") ? overrides : v, "max_select_num");
        return new ModelSpec.Select(strategy, ints(v, "select_based_on_layer"), most, perScale(v, overrides), feature);
    }

    /// Budgets of the scales where the config names them; overriding their sum frees them.
    private static @Nullable List<Integer> perScale(JsonNode v, JsonNode overrides) {
        String key = "max_select_num_each_scale";
        if (overrides.path(key).isArray()) {
            return ints(overrides, key);
        }
        return v.path(key).isArray() && !overrides.has("max_select_num") ? ints(v, key) : null;
    }

    /// The text tower. Norms without an eps of their own use the reference framework's default, 1e-5.
    private static ModelSpec.Text text(JsonNode t) {
        int width = number(t, "width");
        String pool = present(t, "pool_type").asString("");
        if (!pool.equals("last") && !pool.equals("argmax")) {
            throw new GoldenException("text.pool_type " + pool + " is not built; last and argmax are");
        }
        if (t.path("embed_cls").asBoolean(false) || !t.path("ls_init_value").isNull() && t.has("ls_init_value")) {
            throw new GoldenException("text towers with embed_cls or layer scale (ls_init_value) are not built");
        }
        boolean tanh = t.path("act_kwargs").path("approximate").asString("none").equals("tanh");
        return new ModelSpec.Text(
                "transformer",
                width,
                number(t, "layers"),
                number(t, "heads"),
                (int) (width * real(t, "mlp_ratio")),
                number(t, "context_length"),
                number(t, "vocab_size"),
                pool,
                tanh ? ModelSpec.Gelu.TANH : ModelSpec.Gelu.ERF,
                !flag(t, "no_causal_mask"),
                t.path("norm_kwargs").path("eps").asDouble(1e-5),
                flag(t, "proj_bias"));
    }

    /// The loss of the reference's pre-training, both box losses weighing 1.
    ///
    /// @param truth whether boxes choose the patches
    /// @param poolInside whether only tokens inside the box are pooled
    public static LossSpec loss(boolean truth, boolean poolInside) {
        return loss(truth, poolInside, 1, 1);
    }

    /// The loss of the reference's pre-training.
    static LossSpec loss(boolean truth, boolean poolInside, double prior, double posterior) {
        return new LossSpec(
                new LossSpec.Contrast("siglip", 1, 10, -10),
                poolInside ? LossSpec.PoolTokens.INSIDE_BOX : LossSpec.PoolTokens.ALL,
                truth ? LossSpec.SelectWith.GROUND_TRUTH : LossSpec.SelectWith.STRATEGY,
                new LossSpec.Box(prior, posterior, "bce"));
    }

    private static JsonNode section(JsonNode node, String key) {
        if (!node.path(key).isObject()) {
            throw new GoldenException("the model's config.json has no section `" + key + "`");
        }
        return node.get(key);
    }

    private static JsonNode present(JsonNode node, String key) {
        JsonNode value = node.path(key);
        if (value.isMissingNode() || value.isNull()) {
            throw new GoldenException("the model's config.json has no `" + key + "`");
        }
        return value;
    }

    private static int number(JsonNode node, String key) {
        return present(node, key).asInt();
    }

    private static double real(JsonNode node, String key) {
        return present(node, key).asDouble();
    }

    private static boolean flag(JsonNode node, String key) {
        return present(node, key).asBoolean();
    }

    private static List<Integer> ints(JsonNode node, String key) {
        return present(node, key).valueStream().map(JsonNode::asInt).toList();
    }
}
