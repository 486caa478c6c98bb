package dev.fovea.bin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.bin.Cli.Said;
import dev.fovea.dsl.SpecReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The verbs that only read specs: validate, show, cost.
class SpecVerbsTest {
    @TempDir
    private Path folder = Path.of("");

    private Cli cli = Cli.in(Path.of(""));

    @BeforeEach
    void open() {
        cli = Cli.in(folder);
    }

    @Test
    void aValidSpecIsNamedWithItsKey() throws Exception {
        Path file = cli.spec("a.yaml");
        String key = SpecReader.read(file, List.of()).key().text();
        Said said = cli.run("validate", "a.yaml");
        assertThat(said).isEqualTo(new Said(0, "a.yaml: valid  small  " + key + "\n", ""));
        assertThat(cli.run("validate", "-q", "a.yaml")).isEqualTo(new Said(0, "", ""));
    }

    @Test
    void everyProblemOfEveryFileIsTold() throws Exception {
        cli.spec("good.yaml");
        Path bad = cli.spec("bad.yaml", "max_tokens: 16", "max_tokenz: 16");
        Said said = cli.run("validate", "bad.yaml", "good.yaml", "gone.yaml");
        assertThat(said.code()).isEqualTo(3);
        assertThat(said.out()).startsWith("good.yaml: valid");
        assertThat(said.err())
                .contains(bad + ":8:55: model.ps3.select.max_tokenz: unknown key (did you mean \"max_tokens\"?)\n")
                .contains(" ".repeat(4) + "|" + " ".repeat(55) + "^\n")
                .contains(folder.resolve("gone.yaml").toString());
    }

    @Test
    void verdictsAsJson() throws Exception {
        cli.spec("good.yaml");
        cli.spec("bad.yaml", "lr: 1e-3", "lr: fast");
        for (String option : List.of("--json", "--format=json")) {
            Said said = cli.run("validate", option, "good.yaml", "bad.yaml");
            assertThat(said.code()).isEqualTo(3);
            assertThat(said.err()).isEmpty();
            JsonNode verdicts = JsonMapper.shared().readTree(said.out());
            assertThat(verdicts.get(0).get("valid").asBoolean()).isTrue();
            assertThat(verdicts.get(0).get("key").asString()).startsWith("f2-");
            JsonNode problem = verdicts.get(1).get("errors").get(0);
            assertThat(problem.get("path").asString()).isEqualTo("optim.lr");
            assertThat(problem.get("line").asInt()).isEqualTo(12);
        }
    }

    @Test
    void warningsFailWhenStrict() throws Exception {
        cli.spec("a.yaml", "fovea: v1\n", "fovea: v1\nvars: {unused: 1}\n");
        Said lenient = cli.run("validate", "a.yaml");
        assertThat(lenient.code()).isZero();
        assertThat(lenient.out()).startsWith("a.yaml: valid");
        assertThat(lenient.err()).startsWith("warning: ").contains("a.yaml:2:8: vars.unused: is never used\n");
        Said strict = cli.run("validate", "--strict", "a.yaml");
        assertThat(strict.code()).isEqualTo(3);
        assertThat(strict.out()).isEmpty();
        assertThat(strict.err()).endsWith("a.yaml: has warnings, and --strict was asked for\n");
        assertThat(cli.run("validate", "-q", "a.yaml")).isEqualTo(new Said(0, "", ""));
        assertThat(cli.run("show", "a.yaml", "--section=seed").err()).startsWith("warning: ");
    }

    @ParameterizedTest
    @CsvSource({
        "model.ps3.select.max_tokens, max_tokens: 9",
        "model.ps3.scales, 'scales:\n  - 56\n  - 112'",
        "seed, seed: 7",
    })
    void showsSections(String section, String expected) throws Exception {
        cli.spec("a.yaml");
        Said said = cli.run("show", "a.yaml", "--section", section, "model.ps3.select.max_tokens=9", "--set", "seed=7");
        assertThat(said).isEqualTo(new Said(0, expected + "\n", ""));
    }

    @Test
    void theShownSpecReadsBackAsTheSame() throws Exception {
        Path file = cli.spec("a.yaml");
        Said said = cli.run("show", "a.yaml", "optim.lr=3e-4");
        Path again = Files.writeString(folder.resolve("again.yaml"), said.out());
        assertThat(SpecReader.read(again, List.of()).key())
                .isEqualTo(SpecReader.read(file, List.of("optim.lr=3e-4")).key());
    }

    @Test
    void saysWhereValuesComeFrom() throws Exception {
        Path file = cli.spec("a.yaml");
        assertThat(cli.run("show", "a.yaml", "--origin", "seed=5").out())
                .contains("lr: 0.001  # " + file + ":12", "eps: 1.0E-8  # default", "seed: 5  # override 1");
        Said both = cli.run("show", "a.yaml", "--origin", "--json");
        assertThat(both.code()).isEqualTo(2);
        assertThat(both.err())
                .isEqualTo("fovea: --origin writes comments, which JSON has not; leave out one of the two\n");
    }

    @Test
    void showsJson() throws Exception {
        cli.spec("a.yaml");
        JsonNode spec =
                JsonMapper.shared().readTree(cli.run("show", "a.yaml", "--json").out());
        assertThat(spec.get("batch").get("global").asInt()).isEqualTo(4);
        Said part = cli.run("show", "a.yaml", "--format=json", "--section=batch");
        assertThat(JsonMapper.shared().readTree(part.out()).get("global").asInt())
                .isEqualTo(4);
    }

    @Test
    void aSectionThatIsNotThereIsAnErrorThatListsTheOthers() throws Exception {
        cli.spec("a.yaml");
        Said yaml = cli.run("show", "a.yaml", "--section", "model.eyes");
        assertThat(yaml)
                .isEqualTo(new Said(
                        2, "", "fovea: --section model.eyes: no \"eyes\"; there are vision, ps3, text, encoder\n"));
        assertThat(cli.run("show", "a.yaml", "--json", "--section", "model.eyes"))
                .isEqualTo(yaml);
        assertThat(cli.run("show", "a.yaml", "--section", "seed.x").err())
                .isEqualTo("fovea: --section seed.x: no \"x\"; it has no parts\n");
    }

    @Test
    void aWrongOverrideIsToldLikeAWrongSpec() throws Exception {
        cli.spec("a.yaml");
        Said said = cli.run("show", "a.yaml", "optim.lrr=1");
        assertThat(said.code()).isEqualTo(3);
        assertThat(said.err())
                .contains("override 1: optim.lrr=1: ")
                .contains("did you mean")
                .endsWith("1 problem\n");
    }

    @Test
    void neitherAFileNorARunIsAnError() {
        Said said = cli.run("show", "f2-abc");
        assertThat(said.code()).isEqualTo(2);
        assertThat(said.err())
                .isEqualTo("fovea: f2-abc: no such file, and no run in " + folder.resolve("runs") + " has this key\n");
    }

    @Test
    void printsTheSchema() {
        Said said = cli.run("schema");
        assertThat(said.code()).isZero();
        JsonNode schema = JsonMapper.shared().readTree(said.out());
        assertThat(schema.get("$schema").asString()).contains("json-schema.org/");
        assertThat(schema.findValue("max_tokens")).isNotNull();
    }

    @Test
    void countsWhatASpecCosts() throws Exception {
        cli.spec("a.yaml");
        Said said = cli.run("cost", "a.yaml", "--per-op", "--no-probe");
        assertThat(said.code()).as(said.err()).isZero();
        assertThat(said.out())
                .contains("parameters", "FLOP a picture", "memory", "whole run", "Linear", "Counting rule");
        JsonNode counts = JsonMapper.shared()
                .readTree(cli.run("cost", "a.yaml", "--no-probe", "--json", "batch.global=8")
                        .out());
        assertThat(counts.get("batch").asInt()).isEqualTo(8);
        assertThat(counts.get("parameters").asLong()).isPositive();
        assertThat(counts.get("training_flops").asLong())
                .isGreaterThan(2 * counts.get("forward_flops").asLong());
    }
}
