package dev.fovea.bin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.bin.Cli.Said;
import dev.fovea.runtime.store.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// checkpoint show, export, diff.
class CheckpointVerbsTest {
    @TempDir
    private Path folder = Path.of("");

    private String key = "";

    @BeforeEach
    void aRun() throws IOException {
        key = SmallRun.write(folder, i -> (i + 1) * 0x1p-20f);
    }

    private Said run(String... arguments) {
        return Cli.in(folder).run(arguments);
    }

    @Test
    void showSaysWhatItIs() {
        Said said = run("checkpoint", "show", key.substring(0, 7), "--tensors");
        assertThat(said.code()).as(said.err()).isZero();
        assertThat(said.out())
                .startsWith("runs/" + key + "  PS3\n"
                        + "  vision  width 48, 2 blocks, 3 heads, mlp 96, patch 14, pool map\n"
                        + "  ps3     scales [56, 112], 16 tokens a look from blocks [0, 1]\n"
                        + "  text    width 48, 1 blocks, 3 heads, mlp 96, context 8, vocabulary 256, gelu erf\n")
                .contains("selection head", "F32", "vision_model.trunk.blocks.1.attn.qkv.weight")
                .containsPattern("(?m)^  sha256  [0-9a-f]{64}$");
        JsonNode json = JsonMapper.shared()
                .readTree(run("checkpoint", "show", "runs/" + key, "--json", "--no-digest")
                        .out());
        assertThat(json.path("layout").asString()).isEqualTo("ps3");
        assertThat(json.path("config").path("vision").path("width").asInt()).isEqualTo(48);
        assertThat(json.has("sha256")).isFalse();
        assertThat(json.path("parts").path("position residuals").asLong()).isEqualTo(64 * 48);
    }

    @Test
    void exportWritesWhatShowAndDiffRead() {
        Said said = run("checkpoint", "export", key, "--out", "hf");
        assertThat(said.code()).as(said.err()).isZero();
        assertThat(said.out()).startsWith("hf  ").contains("tensors, f32, ");
        assertThat(said.err()).contains("warning: model_name vit_fovea_w48_d2_h3_patch14 is not one that timm defines");
        assertThat(folder.resolve("hf")).isDirectoryContaining("glob:**config.json");
        Said same = run("checkpoint", "diff", key, "hf", "--exit-code");
        assertThat(same.code()).isZero();
        assertThat(same.out()).matches("the same: \\d+ parameters\n");
        Said again = run("checkpoint", "export", key, "--out", "hf");
        assertThat(again.code()).isEqualTo(2);
        assertThat(again.error()).endsWith("--out: hf exists already; choose another folder");

        assertThat(run("checkpoint", "export", "hf", "--out", "half", "--dtype", "bf16", "-q")
                        .code())
                .isZero();
        Said differ = run("checkpoint", "diff", "hf", "half", "--exit-code");
        assertThat(differ.code()).isEqualTo(5);
        assertThat(differ.out()).contains("largest difference").contains("common parameters differ");
        assertThat(run("checkpoint", "diff", "hf", "half").code()).isZero();
        JsonNode json = JsonMapper.shared()
                .readTree(run("checkpoint", "diff", "hf", "half", "--json").out());
        assertThat(json.path("tensors").size()).isGreaterThan(40);
    }

    @Test
    void whatOnlyOneHasIsListed() {
        new SafetensorsWriter()
                .add("vision_model.trunk.pos_embed", new long[] {1, 16, 48}, new float[768])
                .add("vision_model.trunk.extra", new long[] {1}, 1f)
                .write(folder.resolve("part.safetensors"));
        Said said = run("checkpoint", "diff", key, "part.safetensors");
        assertThat(said.out())
                .contains("only in " + key + ": logit_bias\n")
                .contains("only in part.safetensors: vision_model.trunk.extra\n")
                .contains("1 of 1 common parameters differ");
        Said bare = run("checkpoint", "export", "part.safetensors", "--out", "x");
        assertThat(bare.code()).isEqualTo(4);
        assertThat(bare.error()).contains("no configuration beside the weights");
        assertThat(folder.resolve("x")).doesNotExist();
    }

    @Test
    void whatIsNotThereIsSaid() throws IOException {
        Said said = run("checkpoint", "show", "nowhere");
        assertThat(said.code()).isEqualTo(2);
        assertThat(said.error())
                .endsWith("no such file or folder: nowhere, and no run in runs has a key that begins so");
        Files.writeString(folder.resolve("x.safetensors"), "not one, surely");
        Said damaged = run("checkpoint", "show", "x.safetensors");
        assertThat(damaged.code()).isEqualTo(4);
        assertThat(damaged.error()).contains("x.safetensors: not a safetensors file");
        assertThat(run("checkpoint").error())
                .isEqualTo("fovea: checkpoint needs a verb: checkpoint show, checkpoint export or checkpoint diff");
        assertThat(run("checkpoint", "export", key, "--out", "y", "--dtype", "f8")
                        .code())
                .isEqualTo(2);
    }
}
