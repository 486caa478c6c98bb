package dev.fovea.dsl.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/// Every key is described, and what the tables say of it is consistent.
class SpecKeysTest {
    private static void walk(Form.Section section, String prefix, BiConsumer<String, Key> visitor) {
        for (Key key : section.keys().values()) {
            String path = prefix + key.name();
            visitor.accept(path, key);
            if (key.form() instanceof Form.Section inner) {
                walk(inner, path + ".", visitor);
            } else if (key.form() instanceof Form.Choice choice) {
                choice.variants().forEach((word, variant) -> walk(variant, path + "[" + word + "].", visitor));
            }
        }
    }

    @Test
    void everyKeyIsDescribedInSentences() {
        List<String> docs = new ArrayList<>();
        walk(SpecKeys.root(), "", (path, key) -> {
            assertThat(key.doc()).as(path).matches("[A-Z`].{7,}\\.");
            assertThat(key.name()).as(path).matches("[a-z][a-z0-9_]*");
            docs.add(path);
        });
        assertThat(docs).hasSizeGreaterThan(80).doesNotHaveDuplicates();
    }

    @Test
    void everyRequiredKeyHasAnExample() {
        walk(SpecKeys.root(), "", (path, key) -> {
            if (key.isLeaf() && key.mustBeGiven()) {
                assertThat(key.example()).as(path).isNotEmpty();
            }
        });
    }

    @Test
    void everyLengthHasUnits() {
        walk(SpecKeys.root(), "", (path, key) -> {
            if (key.form() instanceof Form.Span span) {
                assertThat(span.units()).as(path).isNotEmpty();
                assertThat(span.implied() == null || span.units().contains(span.implied()))
                        .as(path)
                        .isTrue();
            }
        });
    }

    @Test
    void everyDefaultOfTextIsAmongTheChoices() {
        walk(SpecKeys.root(), "", (path, key) -> {
            if (key.form() instanceof Form.Text text && !text.choices().isEmpty() && key.fallback() != null) {
                assertThat(text.choices()).as(path).contains(key.fallback().toString());
            }
        });
    }

    @Test
    void namesFollowTheComponents() {
        assertThat(SpecKeys.yamlName("lowResKvCache")).isEqualTo("low_res_kv_cache");
        assertThat(SpecKeys.root().keys().keySet())
                .containsExactly(
                        "fovea",
                        "name",
                        "doc",
                        "model",
                        "init",
                        "data",
                        "loss",
                        "optim",
                        "schedule",
                        "batch",
                        "precision",
                        "seed",
                        "eval",
                        "run",
                        "tracking");
    }

    @Test
    void twoRowsForOneKeyAreABug() {
        Table.Of rows = new Table().of(Record.class);
        rows.key("a", "First.");
        assertThatThrownBy(() -> rows.key("a", "Second.")).hasMessage("two rows for a");
    }
}
