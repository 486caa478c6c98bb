package dev.fovea.dsl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.dsl.keys.SpecKeys;
import dev.fovea.dsl.spec.DataSpec;
import dev.fovea.dsl.spec.Duration;
import dev.fovea.dsl.spec.ExperimentSpec;
import dev.fovea.dsl.spec.InitSpec;
import dev.fovea.dsl.spec.ModelSpec;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a run computes decides its key, how it is run does not.
class RunKeyTest {
    @ParameterizedTest
    @ValueSource(strings = {"every-key-scenes", "every-key-shards", "every-key-mix"})
    void everyValueOutsideTheHowSectionsChangesTheKey(String name) throws Exception {
        ExperimentSpec spec = Specs.read(Specs.text(Specs.resource("specs/good/" + name + ".yaml")))
                .spec();
        RunKey key = RunKey.of(spec);
        Map<String, RunKey> seen = new LinkedHashMap<>();
        Map<String, Object> changed = new LinkedHashMap<>();
        changes(spec, "", changed);
        assertThat(changed).hasSizeGreaterThan(60);
        changed.forEach((path, other) -> {
            RunKey otherKey = RunKey.of((ExperimentSpec) other);
            String section = SpecKeys.yamlName(path.split("\\.")[0]);
            if (SpecKeys.entersRunKey(section) && SpecKeys.entersRunKey(SpecKeys.yamlName(path))) {
                assertThat(otherKey).as(path).isNotEqualTo(key);
                assertThat(seen.values()).as(path).doesNotContain(otherKey);
                seen.put(path, otherKey);
            } else {
                assertThat(otherKey).as(path).isEqualTo(key);
            }
        });
    }

    /// For each leaf below `holder`, a copy of it with only that leaf changed.
    private static void changes(Record holder, String prefix, Map<String, Object> changed) throws Exception {
        RecordComponent[] components = holder.getClass().getRecordComponents();
        for (int i = 0; i < components.length; i++) {
            Object value = components[i].getAccessor().invoke(holder);
            String path = prefix + components[i].getName();
            Map<String, Object> others = new LinkedHashMap<>();
            if (value instanceof Record inner && !(value instanceof Duration)) {
                changes(inner, path + ".", others);
            } else {
                others.put(path, other(components[i], value));
            }
            for (Map.Entry<String, Object> other : others.entrySet()) {
                changed.put(other.getKey(), with(holder, i, other.getValue()));
            }
        }
    }

    private static Record with(Record holder, int index, Object value) throws Exception {
        RecordComponent[] components = holder.getClass().getRecordComponents();
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            values[i] = i == index ? value : components[i].getAccessor().invoke(holder);
        }
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class[]::new);
        Constructor<? extends Record> constructor = holder.getClass().getDeclaredConstructor(types);
        return constructor.newInstance(values);
    }

    private static Object other(RecordComponent component, @Nullable Object value) {
        return switch (value) {
            case null ->
                switch (component.getType().getSimpleName()) {
                    case "List" -> List.of(1);
                    case "Adapter" -> new ModelSpec.Adapter(9, 1, 11, 15);
                    case "InitSpec" -> new InitSpec("a", "b", true);
                    default -> new ModelSpec.HighresFeature(105, 9, 11, 1, 15, "mean");
                };
            case String text -> text + "x";
            case Integer number -> number + 1;
            case Long number -> number + 1;
            case Double number -> Math.nextUp(number);
            case Boolean flag -> !flag;
            case Duration duration -> new Duration(duration.amount() + 1, duration.unit());
            case Enum<?> constant ->
                Arrays.stream(constant.getDeclaringClass().getEnumConstants())
                        .filter(other -> other != constant)
                        .findFirst()
                        .orElseThrow();
            case List<?> list -> {
                List<Object> shorter = new ArrayList<>(list);
                shorter.removeLast();
                yield shorter;
            }
            default -> throw new AssertionError("no other value for " + component);
        };
    }

    @Test
    void anotherKindOfSourceIsAnotherRun() {
        ExperimentSpec spec = Specs.read(Specs.MINIMAL).spec();
        DataSpec data = spec.data();
        DataSpec shards = new DataSpec(
                new DataSpec.ImageTextBox("a", "b", true, 1), data.captions(), data.preprocess(), data.tokenizer());
        ExperimentSpec other = new ExperimentSpec(
                spec.fovea(),
                spec.name(),
                spec.doc(),
                spec.model(),
                spec.init(),
                shards,
                spec.loss(),
                spec.optim(),
                spec.schedule(),
                spec.batch(),
                spec.precision(),
                spec.seed(),
                spec.eval(),
                spec.run(),
                spec.tracking());
        assertThat(RunKey.of(other)).isNotEqualTo(RunKey.of(spec));
    }

    @ParameterizedTest
    @CsvSource({
        "schedule.length=75M, schedule.length=75000000sa",
        "schedule.length=75M, schedule.length=0.075Bsa",
        "schedule.length=75M, schedule.length=7.5e7",
        "schedule.length=400st, schedule.length=0.4kst",
        "optim.lr=1e-3, optim.lr=0.001",
        "optim.lr=1e-3, optim.lr=0.0010",
        "optim.weight_decay=0, optim.weight_decay=-0.0",
        "batch.global=32, batch.global=3.2e1",
        "batch.global=32, batch.global=0x20",
        "optim.grad_clip=none, optim.grad_clip=null",
        "eval.every=end, eval.every=400st",
        "model.ps3.select.highres_feature=none, model.ps3.select.highres_feature=~",
        "model.ps3.select.highres_feature={}, model.ps3.select.highres_feature.kernel=28",
        "data.train.styles=[caf\u00e9], data.train.styles=[cafe\u0301]",
        "init=none, seed=0",
        "'init={from: a, sha256: %s}', 'init={from: b/c, sha256: %s}'",
        "name=a, name=b",
        "doc=a, doc=b",
        "run.threads=1, run.threads=auto",
        "run.checkpoint.every=30min, run.checkpoint.every=7st",
        "tracking.type=none, tracking.experiment=x",
    })
    void otherWordsForTheSameRunHaveTheSameKey(String one, String two) {
        String digest = "0123456789abcdef".repeat(4);
        assertThat(Specs.read(Specs.MINIMAL, one.replace("%s", digest)).key())
                .isEqualTo(Specs.read(Specs.MINIMAL, two.replace("%s", digest)).key());
    }

    @Test
    void hasTheFormOfAKey() {
        assertThat(Specs.read(Specs.MINIMAL).key().text()).matches("f2-[a-z2-7]{12}");
        for (String text :
                List.of("", "f2-", "f1-aaaaaaaaaaaa", "f2-aaaaaaaaaaa1", "f2-aaaaaaaaaaaaa", "F1-aaaaaaaaaaaa")) {
            assertThatThrownBy(() -> new RunKey(text)).hasMessageContaining("not a run key: \"" + text + "\"");
        }
    }

    /// RFC 4648: the SHA-256 of the empty text begins with e3b0c44298fc1c14, in base32 4oymiquy7qob...
    @Test
    void isTheBeginningOfTheHashInBase32() {
        assertThat(RunKey.ofCanonical("").text()).isEqualTo("f2-4oymiquy7qob");
    }
}
