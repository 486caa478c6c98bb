package dev.fovea.runtime.checkpoint;

import java.util.Arrays;

/// The parts of a model that parameters belong to.
public enum Part {
    /// the vision transformer
    VISION("vision tower", false, "vision_model.trunk."),
    /// its attention pooling
    POOLING("pooling", false, "vision_model.trunk.attn_pool."),
    /// the scores that patches are selected by
    SELECTION(
            "selection head",
            true,
            "vision_model.prior_prompt",
            "vision_model.selection_feature_proj.",
            "vision_model.prompt_proj_for_highres."),
    /// what each high scale adds to positions
    RESIDUALS("position residuals", true, "vision_model.pos_emb_residual."),
    /// the auxiliary convolutional branch
    AUXILIARY("auxiliary branch", true, "vision_model.highres_selection_feature_module."),
    /// further parts of the vision side
    OTHER_VISION("other vision", true, "vision_model."),
    /// the text transformer
    TEXT("text tower", false, "text_model."),
    /// from a text to a prompt
    PROMPT("prompt head", true, "text_model.prompt_proj."),
    /// scale and bias of the loss
    LOSS("loss", false, "logit_scale", "logit_bias"),
    /// anything else
    OTHER("other", true, "");

    private final String label;
    private final boolean added;
    /// Beginnings of parameter names, with spaces between.
    private final String beginnings;

    Part(String label, boolean added, String... beginnings) {
        this.label = label;
        this.added = added;
        this.beginnings = String.join(" ", beginnings);
    }

    /// For people.
    public String label() {
        return label;
    }

    /// Whether PS3 adds it to SigLIP, so that it starts fresh where a SigLIP checkpoint is taken over.
    public boolean isNew() {
        return added;
    }

    /// The part of a parameter: that with the longest fitting beginning.
    public static Part of(String name) {
        Part best = OTHER;
        int length = 0;
        for (Part part : values()) {
            int fit = Arrays.stream(part.beginnings.split(" "))
                    .filter(name::startsWith)
                    .mapToInt(String::length)
                    .max()
                    .orElse(-1);
            if (fit > length) {
                best = part;
                length = fit;
            }
        }
        return best;
    }
}
