package dev.fovea.runtime.checkpoint;

import dev.fovea.runtime.checkpoint.Weight.Piece;
import dev.fovea.runtime.store.TensorInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// SigLIP and SigLIP 2 as Hugging Face transformers stores them, under the names of PS3: projections of queries,
/// keys and values are joined in blocks, and those of the pooling head are cut apart.
final class TransformersSiglip {
    private static final Pattern LAYER = Pattern.compile("(vision|text)_model\\.encoder\\.layers\\.(\\d+)\\.(.+)");
    private static final Pattern PROJECTION = Pattern.compile("self_attn\\.([qkv])_proj\\.(weight|bias)");

    /// Names outside the blocks.
    private static final Map<String, String> SINGLE = Map.ofEntries(
            Map.entry("vision_model.embeddings.patch_embedding.weight", "vision_model.trunk.patch_embed.proj.weight"),
            Map.entry("vision_model.embeddings.patch_embedding.bias", "vision_model.trunk.patch_embed.proj.bias"),
            Map.entry("vision_model.embeddings.position_embedding.weight", "vision_model.trunk.pos_embed"),
            Map.entry("vision_model.head.probe", "vision_model.trunk.attn_pool.latent"),
            Map.entry("text_model.embeddings.token_embedding.weight", "text_model.token_embedding.weight"),
            Map.entry("text_model.embeddings.position_embedding.weight", "text_model.positional_embedding"));

    /// Beginnings of names with `weight` and `bias`.
    private static final Map<String, String> PAIRS = Map.of(
            "vision_model.post_layernorm.", "vision_model.trunk.norm.",
            "vision_model.head.attention.out_proj.", "vision_model.trunk.attn_pool.proj.",
            "vision_model.head.layernorm.", "vision_model.trunk.attn_pool.norm.",
            "vision_model.head.mlp.", "vision_model.trunk.attn_pool.mlp.",
            "text_model.final_layer_norm.", "text_model.ln_final.",
            "text_model.head.", "text_model.text_projection.");

    private static final Map<String, String> VISION_BLOCK = Map.of(
            "layer_norm1.", "norm1.",
            "layer_norm2.", "norm2.",
            "self_attn.out_proj.", "attn.proj.",
            "mlp.fc1.", "mlp.fc1.",
            "mlp.fc2.", "mlp.fc2.");

    private static final Map<String, String> TEXT_BLOCK = Map.of(
            "layer_norm1.", "ln_1.",
            "layer_norm2.", "ln_2.",
            "self_attn.out_proj.", "attn.out_proj.",
            "mlp.fc1.", "mlp.c_fc.",
            "mlp.fc2.", "mlp.c_proj.");

    private final SequencedMap<String, Weight> weights = new LinkedHashMap<>();
    private final SequencedMap<String, TensorInfo> stored;

    private TransformersSiglip(SequencedMap<String, TensorInfo> stored) {
        this.stored = stored;
    }

    static SequencedMap<String, Weight> weights(SequencedMap<String, TensorInfo> stored) {
        TransformersSiglip mapping = new TransformersSiglip(stored);
        stored.forEach(mapping::add);
        return mapping.weights;
    }

    private void add(String name, TensorInfo info) {
        Matcher layer = LAYER.matcher(name);
        if (info.shape().length == 0) {
            weights.put(name, Weight.whole(name, info.shape()));
        } else if (name.startsWith("vision_model.head.attention.in_proj_")) {
            addPooling(name, info);
        } else if (layer.matches()) {
            boolean vision = layer.group(1).equals("vision");
            String block = (vision ? "vision_model.trunk.blocks." : "text_model.transformer.resblocks.")
                    + layer.group(2) + ".";
            addOfBlock(name, info, block, layer.group(3), vision);
        } else {
            weights.put(SINGLE.getOrDefault(name, renamed(name, "", PAIRS)), Weight.whole(name, info.shape()));
        }
    }

    private void addOfBlock(String name, TensorInfo info, String block, String rest, boolean vision) {
        Matcher projection = PROJECTION.matcher(rest);
        if (!projection.matches()) {
            weights.put(
                    renamed(block + rest, block, vision ? VISION_BLOCK : TEXT_BLOCK), Weight.whole(name, info.shape()));
            return;
        }
        String kind = projection.group(2);
        String prefix = name.substring(0, name.length() - "q_proj.".length() - kind.length());
        String joined = block + (vision ? "attn.qkv." + kind : "attn.in_proj_" + kind);
        List<Piece> pieces = new ArrayList<>();
        long rows = 0;
        for (String each : List.of("q", "k", "v")) {
            String part = prefix + each + "_proj." + kind;
            TensorInfo there = stored.get(part);
            if (there == null || !Arrays.equals(there.shape(), info.shape())) {
                weights.put(name, Weight.whole(name, info.shape())); // incomplete: stays under its own name
                return;
            }
            pieces.add(new Piece(part, 0, there.elements()));
            rows += info.shape()[0];
        }
        weights.put(joined, new Weight(withRows(info.shape(), rows), pieces));
    }

    /// Rows Q, K, V of the pooling head: Q is a projection of its own in PS3, K and V one.
    private void addPooling(String name, TensorInfo info) {
        String kind = name.substring("vision_model.head.attention.in_proj_".length());
        long third = info.shape()[0] / 3, row = info.elements() / Math.max(1, info.shape()[0]);
        String pool = "vision_model.trunk.attn_pool.";
        weights.put(
                pool + "q." + kind,
                new Weight(withRows(info.shape(), third), List.of(new Piece(name, 0, third * row))));
        weights.put(
                pool + "kv." + kind,
                new Weight(withRows(info.shape(), 2 * third), List.of(new Piece(name, third * row, 2 * third * row))));
    }

    private static long[] withRows(long[] shape, long rows) {
        long[] other = shape.clone();
        other[0] = rows;
        return other;
    }

    private static String renamed(String name, String prefix, Map<String, String> table) {
        for (Map.Entry<String, String> entry : table.entrySet()) {
            String from = prefix + entry.getKey();
            if (name.startsWith(from)) {
                return prefix + entry.getValue() + name.substring(from.length());
            }
        }
        return name;
    }
}
