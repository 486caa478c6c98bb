package dev.fovea.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.fovea.dsl.keys.Form;
import dev.fovea.dsl.keys.SpecKeys;
import dev.fovea.dsl.yaml.Findings;
import dev.fovea.dsl.yaml.YamlNode.Mapping;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The JSON Schema and the reader accept the same structure.
class SchemaTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Schema SCHEMA = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
            .getSchema(JSON.readTree(SpecSchema.jsonSchema()));

    private static final List<String> VALUES = List.of(
            "0",
            "1",
            "2",
            "4",
            "-1",
            "2.5",
            "1.0",
            "3e2",
            "1e15",
            "9007199254740992",
            "0.9999",
            "true",
            "\"true\"",
            "no",
            "x",
            "\"\"",
            "\" x\"",
            "v1",
            "auto",
            "none",
            "end",
            "null",
            "~",
            "[]",
            "[1]",
            "[0, 1]",
            "[0.9, 0.95]",
            "[0.5, 1.0]",
            "[a, b]",
            "[local-retrieval]",
            "[1, x]",
            "[[1], 2]",
            "[1, 2, 3, 4, 5, 6, 7, 8, 9]",
            "{}",
            "{a: 1}",
            "75Msa",
            "75M",
            "1500st",
            "1.5st",
            "2.0st",
            "2.5ep",
            "0.5h",
            "1.5ksa",
            "0st",
            "0.0sa",
            "2ep",
            "30min",
            "1h",
            "5s",
            "5Ms",
            "75 M",
            "-5st",
            "1.5.5st",
            "100",
            "\"100\"",
            "top-down",
            "TOP_DOWN",
            "erf",
            "scenes",
            "image-text-box",
            "siglip",
            "cosine",
            "onednn",
            "bf16",
            "${vars.x}",
            "1${vars.x}",
            "[\"${vars.x}\", 1]",
            "0x10",
            "017",
            "2026-11-22");

    private static JsonNode json(String yaml) {
        LoadSettings settings =
                LoadSettings.builder().setSchema(new CoreSchema()).build();
        String text = JSON.writeValueAsString(new Load(settings).loadFromString(yaml)); // NaN becomes text, as in JSON
        return JSON.readerFor(JsonNode.class)
                .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .readValue(text);
    }

    private static boolean schemaAccepts(String yaml) {
        JsonNode node = json(yaml);
        return SCHEMA.validate(node).isEmpty();
    }

    /// The reader without the checks of [MeaningCheck].
    private static boolean readerAccepts(String yaml) {
        Findings findings = new Findings();
        Layers layers = new Layers(findings);
        Mapping spec = layers.load(Path.of("spec.yaml"), yaml);
        if (spec == null) {
            return false;
        }
        Mapping resolved = References.resolve(spec, layers.sources().getFirst(), findings, name -> "1");
        SweepReader.read(resolved, findings);
        new StructureCheck(findings, SpecKeys.root()).check(Trees.without(resolved, "sweep"), resolved.mark());
        return findings.errors().isEmpty();
    }

    private static void assertAgreement(String yaml) {
        boolean reader = readerAccepts(yaml);
        assertThat(schemaAccepts(yaml))
                .as(() -> "reader " + (reader ? "accepts" : Specs.problems(yaml).getFirst()) + "\nschema "
                        + SCHEMA.validate(json(yaml)) + "\n" + yaml)
                .isEqualTo(reader);
    }

    @Test
    void agreeOnTheRecordedSpecs() {
        assertThat(schemaAccepts(Specs.MINIMAL)).isTrue();
        Specs.resources("specs/good", ".yaml").forEach(file -> {
            assertThat(readerAccepts(Specs.text(file))).as(file.toString()).isTrue();
            assertAgreement(Specs.text(file));
        });
        List<String> notYaml =
                List.of("yaml-mistakes.yaml", "tab.yaml", "long-line.yaml", "empty.yaml", "references.yaml");
        Specs.resources("specs/bad", ".yaml").forEach(file -> {
            if (!notYaml.contains(file.getFileName().toString())) {
                assertAgreement(Specs.text(file).replace("1e300", "1e15")); // the validator fails on large doubles
            }
        });
    }

    /// Each key of a valid spec with each of many values, right and wrong.
    @Test
    void agreeOnEveryKeyWithManyValues() {
        List<String> accepted = new ArrayList<>();
        Map<String, Object> scenes =
                map(Specs.text(Specs.resource("specs/good/every-key-scenes.yaml")) + "vars: {x: 1}\n");
        walk(scenes, scenes, accepted);
        Map<String, Object> shards = map(Specs.text(Specs.resource("specs/good/every-key-shards.yaml")));
        walk(shards, section(shards, "data"), accepted);
        assertThat(accepted).as("values that reader and schema accept").hasSizeGreaterThan(300);
    }

    @SuppressWarnings("unchecked") // sections have text keys
    private static Map<String, Object> section(Map<String, Object> spec, String name) {
        return (Map<String, Object>) Objects.requireNonNull(spec.get(name));
    }

    @SuppressWarnings("unchecked") // mappings of these specs have text keys
    private static void walk(Map<String, Object> root, Map<String, Object> section, List<String> accepted) {
        for (Map.Entry<String, Object> entry : section.entrySet()) {
            Object old = entry.getValue();
            if (entry.getKey().equals("vars")) {
                continue;
            }
            if (old instanceof Map<?, ?> inner) {
                walk(root, (Map<String, Object>) inner, accepted);
            }
            for (String value : VALUES) {
                boolean typeOfData = entry.getKey().equals("type") && value.startsWith("${");
                Object given = new Load(LoadSettings.builder()
                                .setSchema(new CoreSchema())
                                .build())
                        .loadFromString(value);
                if (typeOfData || isReferenceThatTheReaderFollows(value)) {
                    continue;
                }
                entry.setValue(given);
                String yaml = JSON.writeValueAsString(root);
                assertAgreement(yaml);
                if (readerAccepts(yaml)) {
                    accepted.add(entry.getKey() + ": " + value);
                }
            }
            entry.setValue(old);
        }
    }

    /// The schema cannot know what a reference stands for; [#acceptsReferencesWhereTheReaderDoes] is about these.
    private static boolean isReferenceThatTheReaderFollows(String value) {
        return value.contains("${vars.");
    }

    @SuppressWarnings("unchecked") // a spec is a mapping
    private static Map<String, Object> map(String yaml) {
        return (Map<String, Object>)
                new Load(LoadSettings.builder().setSchema(new CoreSchema()).build()).loadFromString(yaml);
    }

    @Test
    void acceptsReferencesWhereTheReaderDoes() {
        String vars = "vars: {whole: 4, real: 0.5, list: [0.5, 0.75], flag: true, word: random, n: 3}\n";
        String spec =
                Specs.MINIMAL.replace("depth: 4", "depth: \"${vars.whole}\"").replace("1e-3", "\"${vars.real}\"")
                        + "loss: {box: {prior: \"${vars.real}\"}}\nseed: \"${vars.n}\"\n"
                        + "eval: {every: \"${vars.n}st\"}\nrun: {threads: \"${env:N}\"}\n" + vars;
        assertThat(readerAccepts(spec)).isTrue();
        assertThat(schemaAccepts(spec)).isTrue();
        assertThat(schemaAccepts(spec.replace("${vars.n}", "${env:N}"))).isFalse();
    }

    @Test
    void agreeOnSweeps() {
        List<String> sweeps = List.of(
                "{a: {list: [{optim.lr: 1e-3, label: x}, {}]}}",
                "{a: {grid: {optim.lr: [1, 2], seed: [0]}}, b: {zip: {seed: [1, 2]}}}",
                "{a: {grid: {seed: \"${vars.seeds}\"}}}",
                "{}",
                "{a: {}}",
                "{a: {list: []}}",
                "{a: {list: {}}}",
                "{a: {list: [3]}}",
                "{a: {grid: {}}}",
                "{a: {grid: {seed: 3}}}",
                "{a: {grid: {seed: []}}}",
                "{a: {grid: {seed..x: [1]}}}",
                "{a: {grid: {seed: [1]}, zip: {seed: [1]}}}",
                "{a: {gird: {seed: [1]}}}",
                "{a: 3}",
                "[a]");
        List<Boolean> accepted = new ArrayList<>();
        for (String sweep : sweeps) {
            String spec = Specs.MINIMAL + "vars: {seeds: [1, 2]}\nsweep: " + sweep + "\n";
            accepted.add(readerAccepts(spec));
            assertAgreement(spec);
        }
        assertThat(accepted.subList(0, 4)).doesNotContain(false);
        assertThat(accepted.subList(4, sweeps.size())).doesNotContain(true);
    }

    @Test
    void partsMayLeaveKeysOut() {
        assertThat(schemaAccepts("extends: base.yaml\nseed: 4\ndata: {train: {size: 64}}\n"))
                .isTrue();
        assertThat(schemaAccepts("extends: [a.yaml, b.yaml]\n")).isTrue();
        assertThat(schemaAccepts("extends: base.yaml\noptim: {lrr: 4}\n")).isFalse();
        assertThat(schemaAccepts("extends: 3\n")).isFalse();
        assertThat(schemaAccepts("seed: 4\n")).isFalse();
    }

    @Test
    void everyPropertyIsDescribedAndClosed() {
        JsonNode schema = JSON.readTree(SpecSchema.jsonSchema());
        assertThat(schema.get("$schema").asString()).isEqualTo("http://json-schema.org/draft-07/schema#");
        JsonNode definitions = schema.get("definitions");
        assertThat(definitions.size()).isGreaterThan(70);
        definitions.propertyStream().skip(2).forEach(definition -> {
            assertThat(definition.getValue().has("description"))
                    .as(definition.getKey())
                    .isTrue();
        });
        assertClosed(definitions.get("whole"));
        assertClosed(definitions.get("part"));
    }

    private static void assertClosed(JsonNode node) {
        if (node.has("properties")) {
            assertThat(node.get("additionalProperties").asBoolean())
                    .as(node.toString())
                    .isFalse();
        }
        node.forEach(SchemaTest::assertClosed);
    }

    @Test
    void everyKeyHasADefinition() {
        JsonNode definitions = JSON.readTree(SpecSchema.jsonSchema()).get("definitions");
        int leaves = count(SpecKeys.root());
        assertThat(definitions.size()).isBetween(leaves, leaves + 2); // two kinds of data may share a name
    }

    private static int count(Form.Section section) {
        return section.keys().values().stream()
                .mapToInt(key -> switch (key.form()) {
                    case Form.Section inner -> count(inner);
                    case Form.Choice choice ->
                        choice.variants().values().stream()
                                .mapToInt(SchemaTest::count)
                                .sum();
                    default -> 1;
                })
                .sum();
    }
}
