package dev.fovea.runtime.track;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// What tracking says about a run besides its metrics.
///
/// @param key run key
/// @param name short name for people; empty for none
/// @param note free text about the experiment; empty for none
/// @param parameters what was computed, as [#parametersOf(String)] gives it; never changes in a run's life
/// @param tags further facts, such as `mlflow.source.git.commit`
/// @param inputs data sets that the run reads
public record RunFacts(
        String key,
        String name,
        String note,
        SequencedMap<String, String> parameters,
        SequencedMap<String, String> tags,
        List<Input> inputs) {
    /// Sections of a spec that say how a run is executed, or are for people.
    private static final Set<String> NOT_PARAMETERS = Set.of("fovea", "name", "doc", "run", "tracking");

    public RunFacts {
        parameters = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(parameters));
        tags = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(tags));
        inputs = List.copyOf(inputs);
    }

    /// A data set.
    ///
    /// @param name its name
    /// @param digest digest of its content; servers keep the first 36 characters
    /// @param sourceType kind of source, such as `local`
    /// @param source where it comes from, as JSON text
    /// @param context what it is used for: `training` or `evaluation`
    public record Input(String name, String digest, String sourceType, String source, String context) {}

    /// Facts with nothing but a key and a name.
    public static RunFacts of(String key, String name) {
        return new RunFacts(key, name, "", new LinkedHashMap<>(), new LinkedHashMap<>(), List.of());
    }

    /// The same facts with the parameters of a resolved spec.
    ///
    /// @param resolvedSpec YAML text, as in `resolved.yaml`
    /// @throws IllegalArgumentException if the text is not a YAML mapping
    public RunFacts withParametersOf(String resolvedSpec) {
        return new RunFacts(key, name, note, parametersOf(resolvedSpec), tags, inputs);
    }

    /// The same facts with one more tag.
    public RunFacts withTag(String tag, String value) {
        LinkedHashMap<String, String> more = new LinkedHashMap<>(tags);
        more.put(tag, value);
        return new RunFacts(key, name, note, parameters, more, inputs);
    }

    /// The same facts with one more data set.
    public RunFacts withInput(Input input) {
        List<Input> more = new ArrayList<>(inputs);
        more.add(input);
        return new RunFacts(key, name, note, parameters, tags, more);
    }

    /// A resolved spec as flat names and values: `model.ps3.scales.0` = `128`. Sections that do not change what is
    /// computed are left out, because a continued run may change them while parameters must never change.
    ///
    /// @param resolvedSpec YAML text, as in `resolved.yaml`
    /// @throws IllegalArgumentException if the text is not a YAML mapping
    public static SequencedMap<String, String> parametersOf(String resolvedSpec) {
        JsonNode tree;
        try {
            tree = new YAMLMapper().readTree(resolvedSpec);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("resolved spec: " + e.getOriginalMessage(), e);
        }
        if (!tree.isObject()) {
            throw new IllegalArgumentException("resolved spec: a mapping was expected, not " + tree.getNodeType());
        }
        SequencedMap<String, String> flat = new LinkedHashMap<>();
        tree.forEachEntry((section, node) -> {
            if (!NOT_PARAMETERS.contains(section)) {
                flatten(section, node, flat);
            }
        });
        return flat;
    }

    private static void flatten(String name, JsonNode node, SequencedMap<String, String> flat) {
        if (node.isObject()) {
            node.forEachEntry((key, value) -> flatten(name + "." + key, value, flat));
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                flatten(name + "." + i, node.get(i), flat);
            }
        } else {
            flat.put(name, node.isNull() ? "" : node.asString());
        }
    }
}
