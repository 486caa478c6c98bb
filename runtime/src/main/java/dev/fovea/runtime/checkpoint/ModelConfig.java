package dev.fovea.runtime.checkpoint;

import dev.fovea.dsl.spec.ModelSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a checkpoint says of its model.
///
/// @param vision the vision transformer
/// @param ps3 what PS3 adds to it
/// @param text the text transformer, or null where the checkpoint is vision-only
/// @param preprocessing how pictures become input
public record ModelConfig(
        ModelSpec.Vision vision, ModelSpec.Ps3 ps3, ModelSpec.@Nullable Text text, Preprocessing preprocessing) {
    /// Smallest text tower there is; it stands in where parameters of the vision side alone are asked for.
    private static final ModelSpec.Text NO_TEXT =
            new ModelSpec.Text("transformer", 1, 1, 1, 1, 1, 4, "last", ModelSpec.Gelu.ERF, false);

    /// The configuration of a spec's model.
    public static ModelConfig of(ModelSpec model, double mean, double std) {
        int size = model.ps3().scales().getLast();
        return new ModelConfig(model.vision(), model.ps3(), model.text(), Preprocessing.of(size, mean, std));
    }

    /// The model; where there is no text tower, one of width 1 stands for it.
    public ModelSpec model() {
        return new ModelSpec(vision, ps3, text == null ? NO_TEXT : text);
    }

    /// The towers in a few words for people.
    public List<String> lines() {
        ModelSpec.Vision v = vision;
        String vit = "vision  width %d, %d blocks, %d heads, mlp %d, patch %d, pool %s"
                .formatted(v.width(), v.depth(), v.heads(), v.mlp(), v.patch(), v.pool());
        String high = "ps3     scales %s, %d tokens a look from blocks %s%s"
                .formatted(
                        ps3.scales(),
                        ps3.select().maxTokens(),
                        ps3.select().fromLayers(),
                        ps3.select().highresFeature() == null ? "" : ", auxiliary branch");
        ModelSpec.Text t = text;
        String words = t == null
                ? "text    none: vision only"
                : "text    width %d, %d blocks, %d heads, mlp %d, context %d, vocabulary %d, gelu %s"
                        .formatted(
                                t.width(),
                                t.depth(),
                                t.heads(),
                                t.mlp(),
                                t.context(),
                                t.vocab(),
                                t.gelu() == ModelSpec.Gelu.TANH ? "tanh" : "erf");
        return List.of(vit, high, words);
    }
}
