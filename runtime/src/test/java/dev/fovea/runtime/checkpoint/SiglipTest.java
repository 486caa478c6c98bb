package dev.fovea.runtime.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.dsl.run.StoreException;
import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.exec.cpu.CpuBackend;
import dev.fovea.runtime.ir.Cubic;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.store.SafetensorsWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Both layouts of SigLIP give the towers bit by bit; what PS3 adds is fresh.
class SiglipTest {
    private final SequencedMap<String, Shape> parameters = ModelParameters.of(TinyModel.spec());
    private final SequencedMap<String, float[]> values = TinyModel.values(9);

    @TempDir
    private Path folder = Path.of("");

    private long[] shape(String name) {
        return TinyModel.shape(Objects.requireNonNull(parameters.get(name)));
    }

    private float[] of(String name) {
        return Objects.requireNonNull(values.get(name));
    }

    private Path openClip() {
        SafetensorsWriter writer = new SafetensorsWriter();
        values.forEach((name, all) -> {
            if (!Part.of(name).isNew()) {
                String other = name.replaceFirst("^vision_model\\.", "visual.").replaceFirst("^text_model\\.", "text.");
                writer.add(other, shape(name), all);
            }
        });
        Path file = folder.resolve("open_clip_model.safetensors");
        writer.write(file);
        return file;
    }

    /// Written out by hand from the layout's description, independently of the mapping.
    private Path transformers() {
        SafetensorsWriter w = new SafetensorsWriter();
        String trunk = "vision_model.trunk.", pool = trunk + "attn_pool.";
        w.add(
                "vision_model.embeddings.patch_embedding.weight",
                new long[] {8, 3, 4, 4},
                of(trunk + "patch_embed.proj.weight"));
        w.add("vision_model.embeddings.patch_embedding.bias", new long[] {8}, of(trunk + "patch_embed.proj.bias"));
        w.add("vision_model.embeddings.position_embedding.weight", new long[] {4, 8}, of(trunk + "pos_embed"));
        for (int l = 0; l < 2; l++) {
            block(w, "vision_model.encoder.layers." + l + ".", trunk + "blocks." + l + ".", 8, 13, new String[] {
                "norm1", "norm2", "attn.qkv.", "attn.proj", "mlp.fc1", "mlp.fc2"
            });
        }
        pair(w, "vision_model.post_layernorm", trunk + "norm");
        w.add("vision_model.head.probe", new long[] {1, 1, 8}, of(pool + "latent"));
        w.add(
                "vision_model.head.attention.in_proj_weight",
                new long[] {24, 8},
                joined(of(pool + "q.weight"), of(pool + "kv.weight")));
        w.add(
                "vision_model.head.attention.in_proj_bias",
                new long[] {24},
                joined(of(pool + "q.bias"), of(pool + "kv.bias")));
        pair(w, "vision_model.head.attention.out_proj", pool + "proj");
        pair(w, "vision_model.head.layernorm", pool + "norm");
        pair(w, "vision_model.head.mlp.fc1", pool + "mlp.fc1");
        pair(w, "vision_model.head.mlp.fc2", pool + "mlp.fc2");
        w.add(
                "text_model.embeddings.token_embedding.weight",
                new long[] {11, 6},
                of("text_model.token_embedding.weight"));
        w.add(
                "text_model.embeddings.position_embedding.weight",
                new long[] {5, 6},
                of("text_model.positional_embedding"));
        block(w, "text_model.encoder.layers.0.", "text_model.transformer.resblocks.0.", 6, 11, new String[] {
            "ln_1", "ln_2", "attn.in_proj_", "attn.out_proj", "mlp.c_fc", "mlp.c_proj"
        });
        pair(w, "text_model.final_layer_norm", "text_model.ln_final");
        pair(w, "text_model.head", "text_model.text_projection");
        w.add("logit_scale", new long[] {1}, of("logit_scale"));
        w.add("logit_bias", new long[] {1}, of("logit_bias"));
        Path file = folder.resolve("model.safetensors");
        w.write(file);
        return file;
    }

    private void block(SafetensorsWriter w, String to, String from, int width, int mlp, String[] names) {
        pair(w, to + "layer_norm1", from + names[0]);
        pair(w, to + "layer_norm2", from + names[1]);
        for (int i = 0; i < 3; i++) {
            String projection = to + "self_attn." + "qkv".charAt(i) + "_proj.";
            float[] weight = of(from + names[2] + "weight"), bias = of(from + names[2] + "bias");
            int size = width * width;
            w.add(
                    projection + "weight",
                    new long[] {width, width},
                    Arrays.copyOfRange(weight, i * size, (i + 1) * size));
            w.add(projection + "bias", new long[] {width}, Arrays.copyOfRange(bias, i * width, (i + 1) * width));
        }
        pair(w, to + "self_attn.out_proj", from + names[3]);
        pair(w, to + "mlp.fc1", from + names[4]);
        pair(w, to + "mlp.fc2", from + names[5]);
        assertThat(of(from + names[4] + ".bias")).hasSize(mlp);
    }

    private void pair(SafetensorsWriter w, String to, String from) {
        w.add(to + ".weight", shape(from + ".weight"), of(from + ".weight"));
        w.add(to + ".bias", shape(from + ".bias"), of(from + ".bias"));
    }

    private static float[] joined(float[] a, float[] b) {
        float[] all = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        return all;
    }

    private void assertTowersCome(Path file, Layout layout) {
        PretrainedModel model = PretrainedModel.open(file);
        assertThat(model.layout()).isEqualTo(layout);
        try (CpuBackend backend = new CpuBackend(1);
                Store store = LargeCheckpoint.store(backend, parameters)) {
            WeightLoader.Loaded loaded = WeightLoader.load(model, parameters, parameters, true, store);
            assertThat(loaded.fresh())
                    .isNotEmpty()
                    .allMatch(name -> Part.of(name).isNew())
                    .contains(
                            "vision_model.prior_prompt",
                            "text_model.prompt_proj.fc1.weight",
                            "vision_model.pos_emb_residual.0");
            assertThat(loaded.unused()).isEmpty();
            assertThat(loaded.taken().size() + loaded.fresh().size()).isEqualTo(parameters.size());
            for (String name : loaded.taken()) {
                assertThat(TinyModel.read(store, name)).as(name).isEqualTo(of(name));
            }
        }
    }

    @Test
    void openClipFiles() {
        assertTowersCome(openClip(), Layout.OPEN_CLIP);
    }

    @Test
    void transformersFiles() {
        assertTowersCome(transformers(), Layout.TRANSFORMERS);
        assertTowersCome(folder, Layout.TRANSFORMERS);
    }

    @Test
    void aTowerThatIsNotCompleteIsRefusedUnlessAllowed() {
        SafetensorsWriter writer = new SafetensorsWriter();
        values.forEach((name, all) -> {
            if (name.startsWith("vision_model.trunk.")) {
                writer.add(name.substring("vision_model.trunk.".length()), shape(name), all);
            }
        });
        Path file = folder.resolve("timm.safetensors");
        writer.write(file);
        PretrainedModel model = PretrainedModel.open(file);
        assertThat(model.layout()).isEqualTo(Layout.TIMM);
        try (CpuBackend backend = new CpuBackend(1);
                Store store = LargeCheckpoint.store(backend, parameters)) {
            assertThatThrownBy(() -> WeightLoader.load(model, parameters, parameters, true, store))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("missing: logit_bias []")
                    .hasMessageContaining("text_model.token_embedding.weight [11, 6]");
            WeightLoader.Loaded loaded = WeightLoader.load(model, parameters, parameters, false, store);
            assertThat(loaded.taken()).allMatch(name -> name.startsWith("vision_model.trunk."));
            assertThat(loaded.fresh()).contains("logit_scale", "text_model.token_embedding.weight");
        }
    }

    @Test
    void theScaleIsKeptAsTrainingKeepsIt() {
        values.put("logit_scale", new float[] {4.7f});
        PretrainedModel model = PretrainedModel.open(openClip());
        try (CpuBackend backend = new CpuBackend(1);
                Store store = LargeCheckpoint.store(backend, parameters)) {
            WeightLoader.Loaded loaded = WeightLoader.load(model, parameters, parameters, true, store);
            assertThat(loaded.notes())
                    .containsExactly("logit_scale 4.7 set to 4.6051702, as training keeps it within 0 and ln 100");
            assertThat(TinyModel.read(store, "logit_scale")).containsExactly((float) Math.log(100));
        }
    }

    @Test
    void positionsOfAnotherGridAreResampled() {
        String name = "vision_model.trunk.pos_embed";
        float[] table = new float[9 * 8];
        for (int i = 0; i < table.length; i++) {
            table[i] = (float) Math.sin(i);
        }
        SafetensorsWriter writer = new SafetensorsWriter();
        values.forEach((key, all) ->
                writer.add(key, key.equals(name) ? new long[] {1, 9, 8} : shape(key), key.equals(name) ? table : all));
        writer.write(folder.resolve("model.safetensors"));
        try (CpuBackend backend = new CpuBackend(1);
                Store store = LargeCheckpoint.store(backend, parameters)) {
            WeightLoader.Loaded loaded =
                    WeightLoader.load(PretrainedModel.open(folder), parameters, parameters, true, store);
            assertThat(loaded.notes()).containsExactly("position embeddings resampled from 3x3 to 2x2");
            assertThat(TinyModel.read(store, name)).isEqualTo(PositionTable.resampled(table, 3, 2, 8));
        }
    }

    /// Enlarging is what the model does at its high scales; shrinking keeps a constant table constant.
    @Test
    void resamplingIsTheModels() {
        int g = 5, large = 13, d = 3;
        float[] table = new float[g * g * d];
        for (int i = 0; i < table.length; i++) {
            table[i] = (float) Math.cos(7 * i);
        }
        float[] found = PositionTable.resampled(table, g, large, d);
        for (int y = 0; y < large; y++) {
            for (int x = 0; x < large; x++) {
                Cubic.Taps v = Cubic.antialiased(y, g, large), h = Cubic.antialiased(x, g, large);
                for (int e = 0; e < d; e++) {
                    double sum = 0;
                    for (int i = 0; i < 16; i++) {
                        double w = v.weights()[i / 4] * h.weights()[i % 4];
                        sum += w == 0 ? 0 : w * table[((v.first() + i / 4) * g + h.first() + i % 4) * d + e];
                    }
                    // 16 products of values within 1 and weights within 1.3, rounded once to float
                    assertThat((double) found[(y * large + x) * d + e]).isBetween(sum - 0x1p-22, sum + 0x1p-22);
                }
            }
        }
        assertThat(PositionTable.resampled(table, g, g, d)).isEqualTo(table);
        float[] constant = new float[27 * 27];
        Arrays.fill(constant, 0.7f);
        for (float each : PositionTable.resampled(constant, 27, 16, 1)) {
            assertThat(each).isBetween(Math.nextDown(0.7f), Math.nextUp(0.7f));
        }
    }
}
