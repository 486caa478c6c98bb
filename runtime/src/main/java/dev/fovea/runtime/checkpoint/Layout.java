package dev.fovea.runtime.checkpoint;

import dev.fovea.runtime.store.TensorInfo;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/// How a file names and cuts the parameters, told by its keys.
public enum Layout {
    /// PS3's released checkpoints and our own (ps3-spec 1.13): names as the model has them
    PS3("PS3"),
    /// SigLIP as OpenCLIP stores it, and PS3's training checkpoints: `visual.` and `text.` in place of
    /// `vision_model.` and `text_model.`
    OPEN_CLIP("SigLIP, OpenCLIP layout"),
    /// SigLIP's vision transformer alone, as timm stores it
    TIMM("SigLIP vision tower, timm layout"),
    /// SigLIP as Hugging Face transformers stores it: queries, keys and values apart
    TRANSFORMERS("SigLIP, transformers layout"),
    /// none of these
    UNKNOWN("unknown layout");

    private final String label;

    Layout(String label) {
        this.label = label;
    }

    /// For people.
    public String label() {
        return label;
    }

    static Layout of(Set<String> names) {
        if (names.stream().anyMatch(n -> n.startsWith("vision_model.trunk."))) {
            return PS3;
        }
        if (names.stream().anyMatch(n -> n.startsWith("visual.trunk."))) {
            return OPEN_CLIP;
        }
        if (names.stream().anyMatch(n -> n.startsWith("vision_model.embeddings.patch_embedding."))) {
            return TRANSFORMERS;
        }
        return names.contains("patch_embed.proj.weight") && names.contains("attn_pool.latent") ? TIMM : UNKNOWN;
    }

    /// The parameters under the model's names; stored tensors that are none of them keep their names.
    SequencedMap<String, Weight> weights(SequencedMap<String, TensorInfo> stored) {
        if (this == TRANSFORMERS) {
            return TransformersSiglip.weights(stored);
        }
        SequencedMap<String, Weight> weights = new LinkedHashMap<>();
        for (Map.Entry<String, TensorInfo> entry : stored.entrySet()) {
            weights.put(
                    renamed(entry.getKey()),
                    Weight.whole(entry.getKey(), entry.getValue().shape()));
        }
        return weights;
    }

    private String renamed(String name) {
        return switch (this) {
            case OPEN_CLIP -> fromTraining(name);
            case TIMM -> "vision_model.trunk." + name;
            case PS3, TRANSFORMERS, UNKNOWN -> name;
        };
    }

    private static String fromTraining(String name) {
        if (name.startsWith("visual.")) {
            return "vision_model." + name.substring("visual.".length());
        }
        if (name.startsWith("text.")) {
            return "text_model." + name.substring("text.".length());
        }
        return name.startsWith("prompt_proj.") ? "text_model." + name : name;
    }
}
