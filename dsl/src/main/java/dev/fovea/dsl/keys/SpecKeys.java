package dev.fovea.dsl.keys;

import dev.fovea.dsl.spec.Duration;
import dev.fovea.dsl.spec.ExperimentSpec;
import dev.fovea.dsl.spec.LossSpec;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/// The keys of a spec: names, nesting and types from the records, everything else from the tables. Building it
/// fails
/// if a component has no row, so no key can be without a description.
public final class SpecKeys {
    /// Sections that say how, words for people, and places of what is named by its content: they never enter the
    /// run key.
    private static final Set<String> OUTSIDE_KEY =
            Set.of("name", "doc", "init.from", "data.tokenizer.file", "run", "tracking");

    /// Keys that came after others: with these values they add nothing to the run key, so that specs from before
    /// keep theirs.
    private static final Map<String, Object> ADDED_LATER =
            Map.of("data.captions.elements_per_image", 1, "loss.box.prior_target", LossSpec.PriorTarget.SAMPLED_BOX);

    /// Sections in which `${env:NAME}` is allowed.
    private static final Set<String> HOW = Set.of("run", "tracking");

    private static final Form.Section ROOT = new SpecKeys().section(ExperimentSpec.class);

    private final Table table = new Table();

    private SpecKeys() {
        RunKeys.fill(table);
        ModelKeys.fill(table);
        DataKeys.fill(table);
        TrainingKeys.fill(table);
    }

    /// The top level of a spec.
    public static Form.Section root() {
        return ROOT;
    }

    /// Whether a key, dotted as in `data.tokenizer.file`, says what is computed, so that it enters the run key.
    public static boolean entersRunKey(String section) {
        return !OUTSIDE_KEY.contains(section);
    }

    /// Whether a key, dotted, has the value that was meant before the key was known.
    public static boolean isAsBefore(String key, Object value) {
        return value.equals(ADDED_LATER.get(key));
    }

    /// Whether values under the top-level key `section` may come from the environment.
    public static boolean allowsEnvironment(String section) {
        return HOW.contains(section);
    }

    private Form.Section section(Class<?> type) {
        SequencedMap<String, Key> keys = new LinkedHashMap<>();
        for (RecordComponent component : type.getRecordComponents()) {
            Key key = key(type, component);
            keys.put(key.name(), key);
        }
        return new Form.Section(type, Collections.unmodifiableSequencedMap(keys));
    }

    private Key key(Class<?> record, RecordComponent component) {
        Row row = table.row(record, component.getName());
        if (row == null) {
            throw new IllegalStateException("no row for " + record.getSimpleName() + "." + component.getName());
        }
        Form form = form(component.getGenericType(), row);
        return new Key(
                yamlName(component.getName()),
                form,
                row.doc,
                row.example,
                row.fallback,
                Collections.unmodifiableSequencedMap(row.words));
    }

    private Form form(Type type, Row row) {
        if (type instanceof ParameterizedType list) {
            return new Form.Items(form(list.getActualTypeArguments()[0], row), row.minItems, row.maxItems);
        }
        Class<?> plain = (Class<?>) type;
        if (plain == String.class) {
            return new Form.Text(row.choices, row.notBuilt, row.longest);
        } else if (plain == int.class || plain == Integer.class) {
            return new Form.Whole(
                    (long) Math.max(row.min, Integer.MIN_VALUE), (long) Math.min(row.max, Integer.MAX_VALUE));
        } else if (plain == long.class) {
            return new Form.Whole((long) row.min, (long) row.max);
        } else if (plain == double.class || plain == Double.class) {
            return new Form.Real(row.min, row.minIncluded, row.max, row.maxIncluded);
        } else if (plain == boolean.class) {
            return new Form.Flag();
        } else if (plain == Duration.class) {
            return new Form.Span(row.units, row.implied, row.zero);
        } else if (plain.isEnum()) {
            return word(plain.asSubclass(Enum.class));
        }
        return plain.isSealed() ? choice(plain) : section(plain);
    }

    private Form.Choice choice(Class<?> sealed) {
        SequencedMap<String, Form.Section> variants = new LinkedHashMap<>();
        for (Class<?> variant : sealed.getPermittedSubclasses()) {
            String word = table.variant(variant);
            if (word == null) {
                throw new IllegalStateException("no type name for " + variant.getSimpleName());
            }
            variants.put(word, section(variant));
        }
        return new Form.Choice(Collections.unmodifiableSequencedMap(variants));
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // asSubclass(Enum.class) can only give the raw type
    private static Form.Word word(Class<? extends Enum> type) {
        SequencedMap<String, Enum<?>> words = new LinkedHashMap<>();
        for (Enum<?> constant : List.of(type.getEnumConstants())) {
            words.put(wordOf(constant), constant);
        }
        return new Form.Word((Class<? extends Enum<?>>) type, Collections.unmodifiableSequencedMap(words));
    }

    /// An enum constant as written in YAML: `TOP_DOWN` is `top-down`.
    public static String wordOf(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// A component's name as written in YAML: `maxTokens` is `max_tokens`.
    public static String yamlName(String component) {
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < component.length(); i++) {
            char c = component.charAt(i);
            if (Character.isUpperCase(c)) {
                name.append('_');
            }
            name.append(Character.toLowerCase(c));
        }
        return name.toString();
    }
}
