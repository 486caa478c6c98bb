package dev.fovea.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.dsl.keys.Form;
import dev.fovea.dsl.keys.Key;
import dev.fovea.dsl.keys.SpecKeys;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Defaults are pinned, and every key survives being printed and read back.
class GoldenTest {
    @Test
    void defaultsAreAsRecorded() {
        ResolvedSpec spec = Specs.read(Specs.MINIMAL);
        Specs.assertGolden(Specs.resource("specs/good/defaults.yaml"), spec.yaml(false));
        Specs.assertGolden(Specs.resource("specs/defaults.canonical"), spec.canonical() + "\n");
        assertThat(spec.key()).isEqualTo(RunKey.of(spec.spec()));
    }

    /// A change of this key breaks every run folder: then the version in front of keys must change too.
    @Test
    void theRunKeyIsStable() {
        assertThat(Specs.read(Specs.MINIMAL).key().text()).isEqualTo("f2-mevsovkt2ns4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"every-key-scenes", "every-key-shards", "every-key-mix", "defaults"})
    void printsBackTheSame(String name) {
        ResolvedSpec spec = resource(name);
        Specs.assertGolden(Specs.resource("specs/" + name + ".resolved"), spec.yaml(true));
        for (String text : new String[] {spec.yaml(false), spec.yaml(true), spec.json()}) {
            ResolvedSpec again = Specs.read(text);
            assertThat(again.spec()).as(text).isEqualTo(spec.spec());
            assertThat(again.key()).isEqualTo(spec.key());
            assertThat(again.canonical()).isEqualTo(spec.canonical());
            assertThat(again.yaml(false)).isEqualTo(spec.yaml(false));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"every-key-scenes", "every-key-shards", "every-key-mix", "defaults"})
    void otherReadersSeeTheSameValues(String name) {
        ResolvedSpec spec = resource(name);
        JsonNode yaml = new YAMLMapper().readTree(spec.yaml(true));
        assertThat(yaml).isEqualTo(new JsonMapper().readTree(spec.json()));
    }

    @Test
    void everyKeyIsGivenAndNotItsDefault() {
        Map<String, Origin> given =
                new LinkedHashMap<>(resource("every-key-scenes").origins());
        Map<String, Origin> shards = resource("every-key-shards").origins();
        shards.forEach((path, origin) -> given.merge(path, origin, (a, b) -> a.equals(Origin.DEFAULT) ? b : a));
        resource("every-key-mix")
                .origins()
                .forEach((path, origin) -> given.merge(path, origin, (a, b) -> a.equals(Origin.DEFAULT) ? b : a));
        Set<String> left = new TreeSet<>();
        given.forEach((path, origin) -> {
            if (origin.equals(Origin.DEFAULT)) {
                left.add(path);
            }
        });
        left.remove("model.ps3.select.highres_feature"); // present as its keys in the other spec
        left.remove("model.vision.adapter"); // likewise
        left.remove("init"); // likewise
        assertThat(left).as("keys that no recorded spec sets").isEmpty();
        assertThat(given.keySet()).containsAll(leaves());

        String defaults = resource("defaults").json();
        Map<String, String> values =
                flat(new JsonMapper().readTree(resource("every-key-scenes").json()), "");
        Map<String, String> fallbacks = flat(new JsonMapper().readTree(defaults), "");
        values.keySet().removeIf(path -> onlyOneValue(path) || !Objects.equals(values.get(path), fallbacks.get(path)));
        assertThat(values).as("keys set to their default").isEmpty();
    }

    private static ResolvedSpec resource(String name) {
        return Specs.read(Specs.text(Specs.resource("specs/good/" + name + ".yaml")));
    }

    private static Set<String> leaves() {
        Set<String> paths = new TreeSet<>();
        for (SpecGuide.Line line : SpecGuide.lines()) {
            paths.add(line.path().replaceAll("\\[[a-z0-9-]+]", ""));
        }
        paths.remove("model.ps3.select.highres_feature");
        paths.remove("init");
        return paths;
    }

    private static Map<String, String> flat(JsonNode node, String path) {
        Map<String, String> values = new LinkedHashMap<>();
        node.propertyStream().forEach(property -> {
            String inner = path.isEmpty() ? property.getKey() : path + "." + property.getKey();
            if (property.getValue().isObject()) {
                values.putAll(flat(property.getValue(), inner));
            } else {
                values.put(inner, property.getValue().toString());
            }
        });
        return values;
    }

    private static boolean onlyOneValue(String path) {
        Form.Section section = SpecKeys.root();
        for (String step : path.split("\\.")) {
            Key key = section.keys().get(step);
            if (key == null) {
                // the other types are in the other recorded specs
                return path.equals("data.train.type") || path.equals("data.tokenizer.type");
            }
            if (key.form() instanceof Form.Section inner) {
                section = inner;
            } else if (key.form() instanceof Form.Choice choice) {
                section = choice.variants().firstEntry().getValue();
            } else {
                boolean oneWord =
                        key.form() instanceof Form.Text text && text.choices().size() == 1;
                return oneWord || (key.form() instanceof Form.Whole whole && whole.min() == whole.max());
            }
        }
        return false;
    }

    @Test
    void originsNameFileAndLine() {
        ResolvedSpec spec = SpecReader.readText(Specs.MINIMAL, Path.of("a/b.yaml"), List.of("seed=4"));
        assertThat(spec.origins().get("optim.lr")).isEqualTo(new Origin("a/b.yaml", 11, 13));
        assertThat(spec.origins().get("seed")).isEqualTo(new Origin("override 1", 1, 6));
        assertThat(spec.origins().get("optim.eps")).isEqualTo(new Origin("default", 0, 0));
        assertThat(spec.origins().keySet().iterator().next()).isEqualTo("fovea");
        assertThat(spec.yaml(true)).contains("  lr: 0.001  # a/b.yaml:11\n", "seed: 4  # override 1\n");
    }
}
