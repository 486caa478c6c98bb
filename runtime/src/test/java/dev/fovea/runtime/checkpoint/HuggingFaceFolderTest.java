package dev.fovea.runtime.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.dsl.run.StoreException;
import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.exec.cpu.CpuBackend;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.store.SafetensorsWriter;
import dev.fovea.runtime.store.StoredType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// PS3's Hugging Face layout: what is written is read back the same, and what does not fit is named.
class HuggingFaceFolderTest {
    private final ModelSpec spec = TinyModel.spec();
    private final SequencedMap<String, Shape> parameters = ModelParameters.of(spec);

    @TempDir
    private Path folder = Path.of("");

    private Path written(StoredType type) {
        Path place = folder.resolve("hf");
        try (CpuBackend backend = new CpuBackend(1);
                Store store = LargeCheckpoint.store(backend, parameters)) {
            TinyModel.write(store, TinyModel.values(3));
            HuggingFaceFolder.write(ModelConfig.of(spec, 0.5, 0.25), parameters, store, place, type);
        }
        return place;
    }

    @Test
    void theSameBitsComeBack() throws IOException {
        PretrainedModel model = PretrainedModel.open(written(StoredType.F32));
        assertThat(model.layout()).isEqualTo(Layout.PS3);
        assertThat(model.config()).hasValue(ModelConfig.of(spec, 0.5, 0.25));
        assertThat(model.parameters().keySet()).isEqualTo(parameters.keySet());
        try (CpuBackend backend = new CpuBackend(1);
                Store store = LargeCheckpoint.store(backend, parameters)) {
            WeightLoader.Loaded loaded = WeightLoader.load(model, parameters, parameters, true, store);
            assertThat(loaded.taken()).hasSameSizeAs(parameters.keySet());
            assertThat(loaded.fresh()).isEmpty();
            assertThat(loaded.unused()).isEmpty();
            assertThat(loaded.notes()).isEmpty();
            TinyModel.values(3)
                    .forEach((name, values) ->
                            assertThat(TinyModel.read(store, name)).as(name).isEqualTo(values));
        }
        Path again = folder.resolve("again");
        HuggingFaceFolder.write(model, again, StoredType.F32);
        assertThat(Files.mismatch(folder.resolve("hf/model.safetensors"), again.resolve("model.safetensors")))
                .isEqualTo(-1);
        assertThat(Files.mismatch(folder.resolve("hf/config.json"), again.resolve("config.json")))
                .isEqualTo(-1);
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left.map(p -> p.getFileName().toString())).containsExactlyInAnyOrder("hf", "again");
        }
    }

    /// Half an ulp of a format with `bits` of mantissa: relative error at most 2^-(bits+1), and the smallest
    /// numbers apart.
    @ParameterizedTest
    @CsvSource({"F16, 10", "BF16, 7"})
    void narrowWeightsAreRounded(StoredType type, int bits) {
        PretrainedModel model = PretrainedModel.open(written(type));
        double relative = Math.scalb(1.0, -bits - 1);
        TinyModel.values(3).forEach((name, values) -> {
            float[] read = model.files().floats(name);
            boolean rounded = false;
            for (int i = 0; i < values.length; i++) {
                assertThat(Math.abs((double) read[i] - values[i]))
                        .as(name)
                        .isLessThanOrEqualTo(relative * Math.abs(values[i]) + 0x1p-25);
                rounded |= read[i] != values[i];
            }
            assertThat(rounded || values.length == 1).as(name).isTrue();
        });
    }

    @Test
    void aFolderThatIsThereIsNotTouched() throws IOException {
        Files.createDirectory(folder.resolve("hf"));
        assertThatThrownBy(() -> written(StoredType.F32))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("exists already");
        assertThat(folder.resolve("hf")).isEmptyDirectory();
    }

    @Test
    void whatDoesNotFitIsNamedAtOnce() throws IOException {
        Path place = written(StoredType.F32);
        SequencedMap<String, float[]> values = TinyModel.values(3);
        SafetensorsWriter writer = new SafetensorsWriter();
        values.forEach((name, all) -> {
            long[] shape = TinyModel.shape(Objects.requireNonNull(parameters.get(name)));
            if (name.contains(".norm2.bias")) {
                return;
            }
            if (name.equals("vision_model.prior_prompt")) {
                writer.add(name, new long[] {2, 4}, all);
            } else {
                writer.add(name, shape, all);
            }
        });
        writer.add("vision_model.trunk.cls_token", new long[] {1, 1, 8}, new float[8]);
        writer.write(place.resolve("model.safetensors"));
        assertThatThrownBy(() -> PretrainedModel.open(place))
                .isInstanceOf(StoreException.class)
                .hasMessageEndingWith("configuration and tensors do not agree: "
                        + "2 missing: vision_model.trunk.blocks.{0..1}.norm2.bias [8]; "
                        + "1 of another shape: vision_model.prior_prompt [2, 4] in place of [8]; "
                        + "1 not wanted: vision_model.trunk.cls_token [1, 1, 8]");
        Files.delete(place.resolve("config.json"));
        PretrainedModel bare = PretrainedModel.open(place);
        try (CpuBackend backend = new CpuBackend(1);
                Store store = LargeCheckpoint.store(backend, parameters)) {
            assertThatThrownBy(() -> WeightLoader.load(bare, parameters, parameters, true, store))
                    .hasMessageContaining("2 missing: vision_model.trunk.blocks.{0..1}.norm2.bias [8]")
                    .hasMessageContaining("1 of another shape: vision_model.prior_prompt [2, 4]")
                    .hasMessageContaining("1 not wanted: vision_model.trunk.cls_token");
            WeightLoader.Loaded loose = WeightLoader.load(bare, parameters, parameters, false, store);
            assertThat(loose.fresh())
                    .containsExactlyInAnyOrder(
                            "vision_model.prior_prompt",
                            "vision_model.trunk.blocks.0.norm2.bias",
                            "vision_model.trunk.blocks.1.norm2.bias");
            assertThat(loose.unused()).containsExactly("vision_model.trunk.cls_token");
            assertThat(TinyModel.read(store, "vision_model.prior_prompt")).containsOnly(0);
        }
    }

    @Test
    void visionAloneLoads() throws IOException {
        ModelConfig vision = new ModelConfig(spec.vision(), spec.ps3(), null, Preprocessing.of(32, 0.5, 0.5));
        SequencedMap<String, Shape> own = ModelParameters.of(vision);
        assertThat(own.keySet()).allMatch(name -> name.startsWith("vision_model."));
        try (CpuBackend backend = new CpuBackend(1);
                Store store = LargeCheckpoint.store(backend, own)) {
            SequencedMap<String, float[]> values = new LinkedHashMap<>(TinyModel.values(4));
            values.keySet().retainAll(own.keySet());
            TinyModel.write(store, values);
            HuggingFaceFolder.write(vision, own, store, folder.resolve("v"), StoredType.F32);
        }
        assertThat(Files.readString(folder.resolve("v/config.json"))).contains("\"ps3_vision_model\"");
        PretrainedModel read = PretrainedModel.open(folder.resolve("v"));
        assertThat(read.config()).hasValue(vision);
    }

    /// Published counts (ps3-spec 1.13), with the two scalars of the loss.
    @Test
    void theReleasedModelHasItsParameters() {
        SequencedMap<String, Shape> all = ModelParameters.of(LargeCheckpoint.ps34kSiglip2());
        assertThat(all.values().stream().mapToLong(Shape::elements).sum()).isEqualTo(1_286_241_584L + 2);
        assertThat(all).hasSize(723 + 2);
    }

    @Test
    void theReleasedConfigurationIsRead() throws IOException {
        Files.writeString(folder.resolve("config.json"), """
                {"model_type": "ps3",
                 "vision_config": {"model_name": "vit_so400m_patch14_siglip_378", "hidden_size": 1152, "pool": "map",
                   "ps3_scales": [378, 756, 1512, 3780], "select_based_on_layer": [0, 9, 18, 26], "min_select_num": 1,
                   "max_select_num": 2560, "separate_pos_emb": true, "highres_selection_feature": true},
                 "text_config": {"output_dim": 1152, "prompt_proj_dim": 1152, "context_length": 64,
                   "vocab_size": 256000, "width": 1152, "heads": 16, "layers": 27, "mlp_ratio": 3.7362,
                   "no_causal_mask": true, "proj_bias": true, "pool_type": "last", "norm_kwargs": {"eps": 1e-06},
                   "act_kwargs": {"approximate": "tanh"}}}
                """);
        ModelConfig read = Ps3Config.read(JsonFields.read(folder.resolve("config.json")), null);
        assertThat(read).isEqualTo(ModelConfig.of(LargeCheckpoint.ps34kSiglip2(), 0.5, 0.5));
        var written = Ps3Config.config(read, "float32");
        assertThat(written.path("vision_config").path("model_name").asString())
                .isEqualTo("vit_so400m_patch14_siglip_378");
        assertThat(written.path("vision_config").has("vit")).isFalse();
        assertThat(written.path("text_config").path("mlp_ratio").asDouble()).isEqualTo(3.7362);
        assertThat(written.has("fovea")).isFalse();
        assertThat(Ps3Config.foreignToReference(read)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'pool':'avg' | vision_config.pool: 'avg' is not built",
                "'pool':'map','model_name':'resnet50' | vision_config.model_name: 'resnet50' is not known",
                "'pool':'map','model_name':'vit_base_patch16_siglip_224' | hidden_size: 1152, but vit_base_patch16_siglip_224 has 768",
                "'pool':'map','hidden_size':'wide' | vision_config.hidden_size: expected a whole number",
                "'pool':'map','vit':{'depth':2} | vision_config.vit.num_heads is missing",
                "'pool':'map','vit':{'depth':2,'num_heads':2} | select_based_on_layer: there is no block 9 of 2",
            })
    void wrongConfigurationsAreNamed(String vision, String message) throws IOException {
        Path file = folder.resolve("config.json");
        Files.writeString(file, "{\"vision_config\": {" + vision.replace('\'', '"') + "}}");
        assertThatThrownBy(() -> Ps3Config.read(JsonFields.read(file), null))
                .isInstanceOf(StoreException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(message);
    }

    /// The reference multiplies and cuts; every hidden width must survive that.
    @Test
    void ratiosGiveTheHiddenWidthBack() {
        for (int width = 1; width < 1300; width += 7) {
            for (int hidden = 1; hidden < 5000; hidden += 13) {
                assertThat((int) (width * Ps3Config.ratio(hidden, width))).isEqualTo(hidden);
            }
        }
        assertThat(Ps3Config.ratio(4304, 1152)).isEqualTo(3.7362);
    }

    /// C-RADIO's tower: a cropped position table, no final norm, an adapter before the pooling (ps3-spec 1.11).
    @Test
    void aRadioTowerSurvives() throws IOException {
        ModelSpec.Vision radio = new ModelSpec.Vision(
                "vit",
                8,
                2,
                2,
                12,
                4,
                "map",
                ModelSpec.Positions.CROP,
                16,
                false,
                new ModelSpec.Adapter(10, 2, 6, 4304));
        ModelConfig config = new ModelConfig(radio, spec.ps3(), spec.text(), Preprocessing.of(32, 0.5, 0.5));
        Path file = folder.resolve("config.json");
        Files.writeString(file, Ps3Config.config(config, "float32").toString());
        assertThat(Ps3Config.read(JsonFields.read(file), null)).isEqualTo(config);
        assertThat(ModelParameters.of(config))
                .containsKeys(
                        "vision_model.trunk.siglip_proj.blocks.1.2.weight",
                        "vision_model.trunk.siglip_proj.final.2.bias")
                .doesNotContainKey("vision_model.trunk.norm.weight");
    }

    @ParameterizedTest
    @EnumSource(ModelSpec.Strategy.class)
    void whatTheReferenceLacksIsKeptAndSaid(ModelSpec.Strategy strategy) throws IOException {
        ModelSpec.Select s = spec.ps3().select();
        ModelSpec.Ps3 ps3 = new ModelSpec.Ps3(
                List.of(8, 16, 32),
                new ModelSpec.Select(
                        strategy,
                        s.fromLayers(),
                        12,
                        List.of(0, 12),
                        null,
                        ModelSpec.Smooth.GAUSSIAN,
                        4,
                        ModelSpec.ScoreMaps.PER_SCALE,
                        1,
                        ModelSpec.Budgets.RELEASED,
                        ModelSpec.Ties.RANDOM),
                false,
                false,
                true);
        ModelConfig config = new ModelConfig(spec.vision(), ps3, spec.text(), Preprocessing.of(32, 0.5, 0.5));
        Path file = folder.resolve("config.json");
        Files.writeString(file, Ps3Config.config(config, "float32").toString());
        assertThat(Ps3Config.read(JsonFields.read(file), null)).isEqualTo(config);
        assertThat(String.join("\n", Ps3Config.foreignToReference(config)))
                .contains("no smooth", "no low_res_kv_cache", "vit_fovea_w8_d2_h2_patch4");
    }
}
